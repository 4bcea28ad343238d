/** An expression program on a fabric: its answers by the evaluator (both ways) and by the golden machine. */
import type { Rng } from '../../src/base/rng.ts';
import { encode } from '../../src/bitstream/encode.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import type { Expr } from '../../src/index.ts';
import { evaluate } from '../../src/ir/evaluate.ts';
import type { ElementType } from '../../src/ir/loops.ts';
import { EVAL } from '../../src/ops/eval.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { interfaceOf } from '../../src/sweep/point/build.ts';
import { runGolden } from '../../src/sweep/point/golden.ts';
import { dramImage } from '../../src/sweep/point/image.ts';
import { expressionProgram } from './expression-program.ts';
import { randomWords } from './random-expression.ts';

export const profile = DRAM_PROFILES.ideal;

/** Builds, compiles and runs it over `vectors` vectors of random words. */
export function runExpression(
  fabric: Fabric,
  types: readonly ElementType[],
  vectors: number,
  rng: Rng,
  make: (elements: readonly Expr[]) => readonly Expr[],
) {
  const { arch } = fabric;
  const n = vectors * arch.pcu.lanes;
  const program = expressionProgram(types, n, arch.pcu.lanes, make);
  const inputs = new Map(types.map((_, a) => [`x${a}`, randomWords(n, rng)]));
  const { latency } = arch;
  const evaluated = evaluate(program, inputs, new Map(), { latency }).outputs;
  const stepwise = evaluate(program, inputs, new Map(), { latency, evalOp: EVAL }).outputs;
  const compiled = compile(program, fabric);
  const host = interfaceOf(compiled);
  const kbit = encode(fabric, compiled.configs, host);
  const image = dramImage(arch, host, kbit, inputs);
  const golden = runGolden(fabric, kbit, image, new Map(), { profile, network: 'routed' });
  return { compiled, host, kbit, image, evaluated, stepwise, golden };
}
