/** The files of a PCU: its own modules, the functional units and the leaf cells they stand on. */
import type { Arch } from '../arch/schema.ts';
import { renderTemplate } from './env.ts';
import { fuTemplates, fuView } from './view/fu.ts';
import { libTemplates, libView } from './view/lib.ts';
import { laneFuViews, pcuTemplates, pcuView } from './view/pcu.ts';

export interface ModuleText {
  readonly module: string;
  readonly text: string;
}

/** The leaf cells of every unit. */
export function libModules(arch: Arch, banner: string): ModuleText[] {
  const view = libView(arch, banner);
  return libTemplates().map(({ module, template }) => ({ module, text: renderTemplate(template, view) }));
}

/** The modules of a PCU apart from the leaf cells; `kiln_pcu` is the top. */
export function pcuModules(arch: Arch, banner: string): ModuleText[] {
  const { lanes, float } = arch.pcu;
  const own = pcuView(arch, banner);
  const units = [fuView({ lanes, float, latency: arch.latency }, banner), ...laneFuViews(arch, banner)];
  return [
    ...units.flatMap((view) => fuTemplates(view).map(({ module, template }) => ({ module, text: renderTemplate(template, view) }))),
    ...pcuTemplates().map(({ module, template }) => ({ module, text: renderTemplate(template, own) })),
  ];
}
