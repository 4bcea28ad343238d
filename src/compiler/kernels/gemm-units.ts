/** Configurations of the units of a matrix product, output-stationary with lane broadcast. */
import type { Arch } from '../../arch/schema.ts';
import { zeroOf } from '../../base/bitstruct.ts';
import {
  type AgConfig,
  agLayout,
  type ChainConfig,
  INIT,
  INPUT,
  OPERAND,
  type PcuConfig,
  type PmuConfig,
  pcuLayout,
  pmuLayout,
} from '../../fabric/config.ts';
import { OPS } from '../../ops/table.ts';
import { stageLatency } from '../latency.ts';

export type GemmType = 'f32' | 'i32';

/** The shape of the work of one compute unit. */
export interface GemmTile {
  readonly dtype: GemmType;
  readonly k: number;
  /** Rows of a block: one a stage. */
  readonly rows: number;
  /** Vectors of a row of a block: as many as the operation has cycles, so that each accumulator is ready when its turn comes. */
  readonly vectors: number;
  /** Blocks one below the other, done in turn. */
  readonly blocks: number;
}

const op = (dtype: GemmType) => OPS[dtype === 'f32' ? 'fma' : 'mac'];

/** Vectors of a block's row: the completions of one stage then leave just before those of the next, on one bus. */
export const vectorsOf = (arch: Arch, dtype: GemmType) => stageLatency(arch, op(dtype).code);

/** Counters with these trips, the innermost first; every lane follows the innermost value. */
function setChain(chain: ChainConfig, trips: readonly number[], lanes: number): void {
  chain.count = trips.length;
  chain.par = lanes;
  for (const [c, trip] of trips.entries()) chain.counters[c] = { min: 0, stride: 1, max: trip, bound: 0 };
}

/** Stage s: acc[s][p] = A[s][k] * B[k][p] + acc[s][p]; A is held while p runs, B is new each cycle; C leaves by the tap bus. */
export function gemmPcu(arch: Arch, tile: GemmTile): PcuConfig {
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  setChain(config.chain, [tile.vectors, tile.k, tile.blocks], arch.pcu.lanes);
  config.vectorIn[0] = { used: 1, pop: 0b1, masks: 0 };
  config.vectorIn[1] = { used: 1, pop: 0, masks: 0 };
  config.inputs[0] = { kind: INPUT.vector, index: 0 };
  config.inputs[1] = { kind: INPUT.vector, index: 1 };
  for (let s = 0; s < tile.rows; s++) {
    const stage = config.stages[s];
    stage.op = op(tile.dtype).code;
    stage.a = { kind: OPERAND.lane, index: 0 };
    stage.b = { kind: OPERAND.reg, index: 1 };
    stage.c = { kind: OPERAND.acc, index: 0 };
    stage.lane = s;
    stage.pass = 0b11;
    stage.acc = { used: 1, first: 0b11, last: 0b10, length: tile.vectors, init: INIT.imm, initReg: 0 };
    stage.tapOut = 1;
  }
  Object.assign(config.vectorOut[0], { used: 1, source: arch.pcu.stages });
  return config;
}

/** Token counters by number, so that configurations and nets agree. */
export const TOKEN = { loaded: 0, free: 1, before: 2, start: 3 } as const;

/** Blocks of A as a ring: written densely, block by block, while earlier ones are read; each read takes one column of a block. */
export function gemmStore(arch: Arch, tile: GemmTile, ring: number): PmuConfig {
  const { lanes } = arch.pcu;
  const words = tile.rows * tile.k;
  const pitch = Math.ceil(words / lanes) * lanes;
  const region = { count: ring, stride: pitch, mask: 0b1 };
  const config = writer(arch, [Math.ceil(words / lanes), tile.blocks]);
  config.write[0].region = region;
  reader(arch, config, 0, [tile.k, tile.blocks], [tile.rows, 0]);
  config.read[0].chain.par = tile.rows;
  config.read[0].region = region;
  local(arch, config, TOKEN.loaded, 0, arch.pmu.writeContexts, 0b1, 0);
  local(arch, config, TOKEN.free, arch.pmu.writeContexts, 0, 0b1, ring);
  return config;
}

/** All of one column block of B, read once a row block, from the start token on. */
export function gemmPanel(arch: Arch, tile: GemmTile, chained: boolean): PmuConfig {
  const vectors = tile.k * tile.vectors;
  const config = writer(arch, [vectors]);
  reader(arch, config, 0, [vectors, tile.blocks], [arch.pcu.lanes, 0]);
  // Read context 1 sends nothing: it passes on, once, that this panel and those before it are loaded.
  reader(arch, config, 1, [1], [0]);
  config.read[1].vector = 0;
  const barrier = arch.pmu.writeContexts + 1;
  local(arch, config, TOKEN.loaded, 0, barrier, 0b1, 0);
  if (chained) config.tokenIn[TOKEN.before] = { used: 1, context: barrier, mask: 0b1, init: 0, source: 0 };
  config.tokenOut[TOKEN.before] = { used: 1, context: barrier, mask: 0b1, net: 1 };
  config.tokenIn[TOKEN.start] = { used: 1, context: arch.pmu.writeContexts, mask: 0b11, init: 0, source: 1 };
  return config;
}

/** One or two streams of C, collected and sent on one after the other. */
export function gemmCollector(arch: Arch, words: readonly number[]): PmuConfig {
  const { lanes } = arch.pcu;
  const config = writer(arch, [words[0] / lanes]);
  if (words.length > 1) addWriter(arch, config, 1, [words[1] / lanes], words[0]);
  const total = words.reduce((sum, one) => sum + one, 0);
  reader(arch, config, 0, [total / lanes], [lanes]);
  for (const w of words.keys()) local(arch, config, w, w, arch.pmu.writeContexts, 0b1, 0);
  return config;
}

/** Reads `runs` runs of `words` words, one behind the other. */
export function gemmLoad(arch: Arch, base: number, words: number, runs: number): AgConfig {
  const config = zeroOf(agLayout(arch));
  config.enable = 1;
  setChain(config.chain, [runs], arch.pcu.lanes);
  config.run = words;
  config.address.base = base;
  config.address.inc[0] = words;
  return config;
}

/** Writes rows of C: `rows` of them, `pitch` words apart, for each of `blocks` column blocks of `words` words. */
export function gemmSave(arch: Arch, base: number, words: number, rows: number, pitch: number, blocks: number, chained: boolean): AgConfig {
  const config = gemmLoad(arch, base, words, rows);
  config.write = 1;
  setChain(config.chain, [rows, blocks], arch.pcu.lanes);
  config.address.inc[0] = pitch;
  config.address.inc[1] = words;
  if (chained) config.tokenIn[0] = { used: 1, mask: 0b11, init: 0 };
  config.tokenOut[0] = { used: 1, mask: 0b11 };
  return config;
}

function writer(arch: Arch, trips: readonly number[]): PmuConfig {
  const config = zeroOf(pmuLayout(arch));
  addWriter(arch, config, 0, trips, 0);
  return config;
}

function addWriter(arch: Arch, config: PmuConfig, context: number, trips: readonly number[], base: number): void {
  const write = config.write[context];
  write.enable = 1;
  write.source = context;
  setChain(write.chain, trips, arch.pcu.lanes);
  write.address.base = base;
  write.address.inc[0] = arch.pcu.lanes;
  write.address.lane = 1;
  write.address.laneInverse = 1 % arch.pcu.lanes;
}

function reader(arch: Arch, config: PmuConfig, context: number, trips: readonly number[], steps: readonly number[]): void {
  const read = config.read[context];
  read.enable = 1;
  read.vector = 1;
  setChain(read.chain, trips, arch.pcu.lanes);
  for (const [c, step] of steps.entries()) read.address.inc[c] = step;
  read.address.lane = 1;
  read.address.laneInverse = 1 % arch.pcu.lanes;
}

/** Token counter `number`, pushed by one context and consumed by another of the same unit. */
function local(arch: Arch, config: PmuConfig, number: number, from: number, to: number, mask: number, init: number): void {
  config.tokenOut[number] = { used: 1, context: from, mask, net: 0 };
  config.tokenIn[number] = { used: 1, context: to, mask, init, source: arch.pmu.controlIn + number };
}
