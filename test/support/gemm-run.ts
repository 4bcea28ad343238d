import type { Arch } from '../../src/arch/schema.ts';
import { Rng } from '../../src/base/rng.ts';
import { checkConfigs } from '../../src/bitstream/check.ts';
import { type GemmShape, gemmKernel } from '../../src/compiler/kernels/gemm-kernel.ts';
import { placeAndRoute } from '../../src/compiler/pnr.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { fmaFloat } from '../../src/ops/fma.ts';
import { DRAM_PROFILES, Dram } from '../../src/sim/dram.ts';
import { Machine } from '../../src/sim/machine.ts';

/** Runs a product on random operands; `wrong` lists elements that differ from a triple loop in order of k. */
export function runGemm(arch: Arch, shape: GemmShape, options: { check?: boolean; now?: () => number } = {}) {
  const now = options.now ?? (() => 0);
  const started = now();
  const fabric = new Fabric(arch);
  const kernel = gemmKernel(arch, { ...shape, generators: fabric.tilesOf('ag').length });
  const { value: routed, diagnostics } = placeAndRoute(kernel.netlist, fabric, { now });
  if (!routed) throw new Error(diagnostics.map((d) => `${d.message} ${d.label}`).join('\n'));
  const placed = now();
  const problems = checkConfigs(fabric, routed.configs);

  const { m, n, k, dtype } = shape;
  const rng = new Rng('gemm');
  const values = (count: number) =>
    Float32Array.from({ length: count }, () => (dtype === 'f32' ? rng.float32(-1, 1) : rng.int(-1000, 1000)));
  const [a, b] = [values(m * k), values(k * n)];
  const { data } = kernel;
  const image = new Uint8Array(4 * data.words);
  const floats = new Float32Array(image.buffer);
  const integers = new Int32Array(image.buffer);
  const memory = dtype === 'f32' ? floats : integers;
  for (const [word, element] of data.a.entries()) if (element >= 0) memory[word] = a[element];
  for (const [word, element] of data.b.entries()) if (element >= 0) memory[data.bBase + word] = b[element];

  const dram = new Dram(DRAM_PROFILES.ddr3x4, arch.memory.ports, image);
  const machine = new Machine(fabric, routed.configs, { args: [], dram, maxCycles: 2_000_000 });
  const result = machine.run();
  const view = new DataView(dram.image.buffer, dram.image.byteOffset);
  const wrong: { row: number; column: number; got: number; want: number }[] = [];
  if (options.check !== false) {
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        let want = 0;
        for (let x = 0; x < k; x++) {
          const [p, q] = [a[row * k + x], b[x * n + column]];
          want = dtype === 'f32' ? fmaFloat(p, q, want) : (Math.imul(p, q) + want) | 0;
        }
        const at = 4 * (data.cBase + row * data.cPitch + column);
        const got = dtype === 'f32' ? view.getFloat32(at, true) : view.getInt32(at, true);
        if (!Object.is(got, want)) wrong.push({ row, column, got, want });
      }
    }
  }
  const pcus = result.stats.contexts.filter((context) => context.kind === 'pcu' && context.issues > 0);
  const first = Math.min(...pcus.map((context) => context.firstIssue));
  const last = Math.max(...pcus.map((context) => context.lastIssue));
  const span = last - first + 1;
  return {
    result,
    wrong,
    problems,
    routed,
    kernel,
    fabric,
    /** Useful multiply-adds over the functional units of the compute units that took part, first issue to last. */
    utilisation: kernel.operations / (pcus.length * arch.pcu.stages * arch.pcu.lanes * span),
    span,
    seconds: { place: placed - started, run: now() - placed },
  };
}
