/** Whole fabrics pass Verilator, Icarus and Yosys without a word, in 8 GB: the corners of what can be built, tool by tool. */
import { describe, expect, test } from 'vitest';
import { LINT_TOOLS, type LintInput, lintRtl, portsOnly, rtlComplaint } from '../../src/report/lint/lint.ts';
import { emitRtl, modulePath, RTL_PATHS, TOP_MODULE } from '../../src/rtl/emit.ts';
import type { ModuleSignature } from '../../src/rtl/signature.ts';
import { fabricNamed } from '../support/fabric.ts';

const full = process.env.KILN_FULL !== undefined;
const long = { timeout: 1_800_000 };
/** The tools may take this much for any fabric. */
const GB = 8;

type Row = readonly [title: string, arch: string, change: Record<string, unknown>];

const LEAST = { lanes: 1, stages: 2, registers: 2, float: false, ring: 1, counters: 1 };
const NARROW = { vectorTracks: 1, scalarTracks: 1, controlTracks: 1 };
const QUICK: readonly Row[] = [
  ['one lane and the least of everything', 'tiny', { pcu: LEAST, network: NARROW, latency: { simple: 1, multiply: 1 } }],
];
const SLOW: readonly Row[] = [
  ['tiny', 'tiny', {}],
  ['one lane', 'tiny', { pcu: { lanes: 1 } }],
  ['32 lanes', 'tiny', { pcu: { lanes: 32 } }],
  ['no floating point', 'tiny', { pcu: { float: false } }],
  ['one column of two', 'tiny', { grid: { columns: 1, rows: 2 } }],
  ['3 stages', 'tiny', { pcu: { stages: 3 } }],
  ['10 stages', 'tiny', { pcu: { stages: 10 } }],
  ['demo', 'demo', {}],
  ['plasticine', 'plasticine', {}],
  ['40x32 units', 'sn10', {}],
];

describe.each(full ? [...QUICK, ...SLOW] : QUICK)('%s', (_, arch, change) => {
  const input = lintInput(arch, change);
  test.each(LINT_TOOLS)('%s', long, async (tool) => {
    const pieces = await lintRtl(tool, input, { limitGb: GB });
    expect(pieces.filter(({ said }) => said !== '').map(({ module, said }) => `${module}: ${said}`)).toEqual([]);
    expect(pieces.length).toBeGreaterThan(tool === 'verilator' ? 0 : 4);
  });
});

test('what is wrong is heard from each tool', long, async () => {
  const { modules, waivers } = lintInput('tiny', {});
  const leaf = modules.find(({ name }) => name === 'kiln_round_robin') as ModuleSignature;
  const one = { ...leaf, name: 'kiln_one', uses: [], ports: [{ name: 'a_i', direction: 'input' as const, width: 1 }] };
  const twice = 'module kiln_one (input logic a_i, output logic y_o);\n  kiln_none u_none (.a_i(a_i));\n  assign y_o = a_i;\nendmodule\n';
  for (const tool of LINT_TOOLS) {
    const [piece] = await lintRtl(tool, { top: 'kiln_one', modules: [one], textOf: () => twice, waivers });
    expect(piece.said, tool).toContain('kiln_none');
    expect(rtlComplaint(piece)).toMatchObject({ code: 'E0951', message: `${tool} complains about \`kiln_one\`` });
    const [good] = await lintRtl(tool, { top: 'kiln_one', modules: [one], textOf: () => portsOnly(one), waivers: '`verilator_config\n' });
    expect(good.said, tool).toBe('');
  }
});

function lintInput(arch: string, change: Record<string, unknown>): LintInput {
  const fabric = fabricNamed(arch, change);
  const texts = new Map(emitRtl(fabric).map(({ path, text }) => [path, text]));
  const of = (path: string) => texts.get(path) as string;
  const { modules } = JSON.parse(of(RTL_PATHS.signature)) as { modules: ModuleSignature[] };
  return {
    top: TOP_MODULE,
    tileCount: fabric.tiles.length,
    modules,
    textOf: (module) => of(modulePath(module)),
    waivers: of(RTL_PATHS.waivers),
  };
}
