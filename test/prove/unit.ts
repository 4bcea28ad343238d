/** A functional unit alone, printed, and built with the harness that proves it. */
import { fileURLToPath } from 'node:url';
import { OP_NAMES, OPS } from '../../src/ops/table.ts';
import { renderTemplate } from '../../src/rtl/env.ts';
import { type FuParams, fuTemplates, fuView } from '../../src/rtl/view/fu.ts';
import { writeAtomic } from '../../src/tools/files.ts';
import { buildVerilator } from '../../src/tools/verilator.ts';

const scratch = fileURLToPath(new URL('../../build/fu/', import.meta.url));
const harness = fileURLToPath(new URL('../../templates/tb/fu_prove.cpp', import.meta.url));

export const unit = (lanes: number, float: boolean, simple: number, multiply: number, floatCycles: number): FuParams => ({
  lanes,
  float,
  latency: { simple, multiply, float: floatCycles },
});

export function nameOf({ lanes, float, latency }: FuParams): string {
  const cycles = [latency.simple, latency.multiply, ...(float ? [latency.float] : [])];
  return `${lanes}-lanes-${float ? 'float' : 'integer'}-${cycles.join('-')}`;
}

/** What the harness is to run: every operation of the table, and codes that are not assigned. */
export function operations({ float }: FuParams): string[] {
  const missing = [59, 62, 63].map((code) => `code${code}:${code}:simple`);
  return [...OP_NAMES.map((name) => `${name}:${OPS[name].code}:${OPS[name].float && !float ? 'simple' : OPS[name].latency}`), ...missing];
}

export function render(params: FuParams): { module: string; text: string }[] {
  const view = fuView(params, 'a test');
  return fuTemplates(view).map(({ module, template }) => ({ module, text: renderTemplate(template, view) }));
}

/** What the harness must know of a unit, before the operations. */
export function settings({ lanes, latency, float }: FuParams, vectors: string, seed: string): string[] {
  return [lanes, latency.simple, latency.multiply, latency.float, float ? 1 : 0, vectors, seed].map(String);
}

/** Builds the harness around a unit, or finds it; gives the path of the program. */
export async function build(name: string, params: FuParams): Promise<string> {
  const dir = `${scratch}${name}`;
  const modules = render(params);
  for (const { module, text } of modules) await writeAtomic(`${dir}/${module}.sv`, text);
  const { binary } = await buildVerilator({
    dir,
    top: 'kiln_fu',
    fileList: modules.map(({ module }) => `${module}.sv`),
    cpp: [harness],
    hierarchical: false,
    trace: 'none',
    // The host must round every operation by itself.
    extraCFlags: ['-ffp-contract=off'],
  });
  return binary;
}
