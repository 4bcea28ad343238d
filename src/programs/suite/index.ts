/** The suite: every variant by name (`suite/GEMM_0`), and the families with free parameters (`suite/GEMM`). */
import type { Program } from '../../frontend/program.ts';
import { blackScholes } from './black-scholes.ts';
import { dotProduct, simpleDotProduct, sumSquare } from './dot-product.ts';
import { dramDoubleBuffer, dramDoubleBuffer2 } from './double-buffer.ts';
import { fifoTest, sharedLoader1, sharedLoader2 } from './fifos.ts';
import { gda } from './gda.ts';
import { gemm } from './gemm.ts';
import { kmeans } from './kmeans.ts';
import { mlp } from './mlp.ts';
import { outerProduct } from './outer-product.ts';
import { broadcastTest, unalignLoad, unalignParTest, unalignReduce, vecTest } from './products.ts';
import { bankRange, countZero, varDeq } from './ragged.ts';
import { logReg, sgd } from './regression.ts';
import { sramSplit } from './sram-split.ts';
import { bankEnable, ifTest, memReduceTest, unalignStore } from './stores.ts';
import { fileLutTest, lutTest, outerWrite, streamFake } from './tables.ts';
import { tpchq6 } from './tpchq6.ts';
import { randomCartInference } from './trees.ts';
import { VARIANTS, type Variant } from './variants.ts';

const families: Readonly<Record<string, Program>> = {
  BankEnable: bankEnable,
  BankRange: bankRange,
  BlackScholes: blackScholes,
  BroadcastTest: broadcastTest,
  CountZero: countZero,
  DRAMDoubleBuffer: dramDoubleBuffer,
  DRAMDoubleBuffer2: dramDoubleBuffer2,
  DotProduct: dotProduct,
  FIFOTest: fifoTest,
  FileLUTTest: fileLutTest,
  GDA: gda,
  GEMM: gemm,
  IfTest: ifTest,
  Kmeans: kmeans,
  LUTTest: lutTest,
  LogReg: logReg,
  MLP: mlp,
  MemReduceTest: memReduceTest,
  OuterProduct: outerProduct,
  OuterWrite: outerWrite,
  RandomCARTInference: randomCartInference,
  SGD: sgd,
  SRAMSplit: sramSplit,
  SharedLoader: sharedLoader1,
  SharedLoader2: sharedLoader2,
  SimpleDotProduct: simpleDotProduct,
  StreamFake: streamFake,
  SumSquare: sumSquare,
  TPCHQ6: tpchq6,
  UnalignLoad: unalignLoad,
  UnalignParTest: unalignParTest,
  UnalignReduce: unalignReduce,
  UnalignStore: unalignStore,
  VarDeq: varDeq,
  VecTest: vecTest,
};

/** A family with a variant's parameters as defaults. */
function variantOf({ name, family, params }: Variant): Program {
  const base = families[family];
  const defaults = Object.fromEntries(
    Object.entries(base.params).map(([key, spec]) => [key, 'choices' in spec ? spec : { ...spec, default: params[key] ?? spec.default }]),
  );
  const own = `suite/${name}`;
  return {
    ...base,
    name: own,
    params: defaults,
    resolve: (given = {}) => base.resolve({ ...params, ...given }),
    build: (given, target) => ({ ...base.build(given, target), name: own }),
  };
}

/** Families first, then variants; a family with one variant of its own name is that variant. */
export const suite: readonly Program[] = [
  ...Object.values(families),
  ...VARIANTS.filter(({ name }) => !Object.hasOwn(families, name)).map(variantOf),
];
