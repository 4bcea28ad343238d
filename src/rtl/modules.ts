/** Which modules a fabric is made of: for each its template and view. */
import { widthOf, wordsOf } from '../base/bitstruct.ts';
import { tileLayout, unitLayout } from '../fabric/config.ts';
import type { Fabric } from '../fabric/graph.ts';
import { TILE_KINDS, type TileKind } from '../fabric/ports.ts';
import type { ModuleSignature } from './signature.ts';
import { AG_TEMPLATES, agView, PORT_TEMPLATES } from './view/ag.ts';
import { CONTROL_TEMPLATES, controlView } from './view/control.ts';
import { fuTemplates, fuView } from './view/fu.ts';
import { HOST_TEMPLATES, hostView } from './view/host.ts';
import { libTemplates, libView } from './view/lib.ts';
import { laneFuViews, pcuTemplates, pcuView } from './view/pcu.ts';
import { pmuTemplates, pmuView } from './view/pmu.ts';
import { switchTemplates } from './view/switch.ts';
import { tileTemplates } from './view/tile.ts';
import { TOP_TEMPLATES, topView } from './view/top.ts';

/** A module to print. */
export interface ModuleSource {
  readonly module: string;
  readonly template: string;
  readonly view: object;
  /** What its signature says beyond its ports. */
  readonly facts?: Partial<ModuleSignature>;
}

/** Every module of `fabric`; `banner` names what it is generated from. */
export function modulesOf(fabric: Fabric, banner: string): ModuleSource[] {
  const { arch } = fabric;
  const kinds = TILE_KINDS.filter((kind) => fabric.tiles.some((tile) => tile.kind === kind));
  const { lanes, float } = arch.pcu;
  const fus = [fuView({ lanes, float, latency: arch.latency }, banner), ...laneFuViews(arch, banner)];
  const ag = agView(arch, banner);
  const lib = libView(arch, banner);
  const all: ModuleSource[] = [
    ...withView(libTemplates(), lib),
    ...fus.flatMap((view) => withView(fuTemplates(view), view)),
    ...withView(pcuTemplates(), pcuView(arch, banner)),
    ...withView(pmuTemplates(), pmuView(arch, banner)),
    ...withView(AG_TEMPLATES, ag),
    ...withView(PORT_TEMPLATES, ag),
    ...withView(HOST_TEMPLATES, hostView(arch, banner)),
    ...kinds.flatMap((kind) => [...switchTemplates(arch, kind, banner), ...tileTemplates(arch, kind, banner)]),
    ...withView(CONTROL_TEMPLATES, controlView(fabric, banner)),
    ...withView(TOP_TEMPLATES, topView(fabric, banner)),
  ];
  return all.map((source) => ({ ...source, facts: factsOf(fabric, source.module) }));
}

function withView(templates: readonly { module: string; template: string }[], view: object): ModuleSource[] {
  return templates.map(({ module, template }) => ({ module, template, view }));
}

function factsOf({ arch }: Fabric, module: string): Partial<ModuleSignature> {
  if (module === 'kiln_fu' || module === 'kiln_lane_fu') {
    const { simple, multiply, float } = arch.latency;
    return { latency: arch.pcu.float ? { simple, multiply, float } : { simple, multiply } };
  }
  const tile = /^kiln_(tile_)?(\w+)$/.exec(module);
  const kind = TILE_KINDS.find((name): name is TileKind => name === tile?.[2]);
  if (kind === undefined || kind === 'empty') return {};
  return { configBits: tile?.[1] ? 32 * wordsOf(tileLayout(arch, kind)) : widthOf(unitLayout(arch, kind)) };
}
