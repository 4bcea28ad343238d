/**
 * The configuration of every kind of tile as bit layouts. This is the shape that the encoder, the
 * decoder, the golden simulator, the compiler and the RTL share; what a field *does* is written in
 * `HARDWARE.md` beside this file, and implemented twice.
 *
 * A *mask* is one bit a counter of the context (bit c = counter c, 0 the innermost): the level-k
 * event of the design is the mask with its k lowest bits set.
 */
import type { Arch } from '../arch/schema.ts';
import { array, bits, bitsFor, flag, sint, struct, type ValueOf } from '../base/bitstruct.ts';
import { OPCODE_BITS } from '../ops/table.ts';
import { type NET_CLASSES, portsOf, type TileKind, tracksOf } from './ports.ts';

/** Operand sources of a stage. */
export const OPERAND = { zero: 0, imm: 1, reg: 2, lane: 3, acc: 4 } as const;
/** Sources of a register of the input bank. */
export const INPUT = { zero: 0, vector: 1, scalar: 2, counter: 3 } as const;
/** Initial value of an accumulator: nothing, the stage's immediate, a register, the tap-in FIFO. */
export const INIT = { none: 0, imm: 1, reg: 2, tap: 3 } as const;

const chainLayout = (counters: number, scalarIn: number) =>
  struct({
    count: bits(4, 'counters used; the others are always at their first and last value'),
    par: bits(6, 'lanes used by counter 0, 1..lanes'),
    laneStep: sint(16, 'index difference between neighbouring lanes of counter 0'),
    counters: array(
      counters,
      struct({
        min: sint(32, 'first value'),
        stride: sint(32, 'added at each step (counter 0: step times par); never 0'),
        max: sint(32, 'exclusive bound'),
        bound: bits(bitsFor(scalarIn + 1), '0: `max`; 1 + p: popped from scalar input p at each new run'),
      }),
    ),
  });

const maskedToken = (counters: number) =>
  struct({
    used: flag(),
    mask: bits(counters, 'consumed at issues where the masked counters are at their first value'),
    init: bits(8, 'tokens present at the start'),
  });

const agTokenOut = (counters: number) =>
  struct({ used: flag(), mask: bits(counters, 'pushed when the run issued with the masked counters last commits') });

const affine = (counters: number, width: number) =>
  struct({
    base: sint(width, 'value when every counter is at its first value'),
    inc: array(counters, sint(width), 'added at each step of the counter; its sum is dropped when the counter wraps'),
  });

const guardFields = (counters: number) => ({
  used: flag(),
  limit: sint(32, 'values at or above it are masked'),
  at: affine(counters, 32),
});

/** A word popped from a scalar input, which holds until the next one. */
const inputWord = (counters: number, scalarIn: number) =>
  struct({
    used: flag(),
    port: bits(bitsFor(scalarIn), 'scalar input'),
    mask: bits(counters, 'popped at issues where the masked counters are at their first value'),
  });

/** Layout of a PCU. */
export function pcuLayout(arch: Arch) {
  const { pcu } = arch;
  const n = pcu.counters;
  const reg = bitsFor(pcu.registers);
  const operand = struct({ kind: bits(3, 'OPERAND'), index: bits(reg, 'register') });
  const stage = struct({
    op: bits(OPCODE_BITS),
    a: operand,
    b: operand,
    c: operand,
    imm: bits(32),
    lane: bits(bitsFor(pcu.lanes), 'lane that a `lane` operand broadcasts'),
    write: flag('the result replaces register `dst` in the next bank'),
    dst: bits(reg),
    pass: bits(pcu.registers, 'registers carried to the next bank; the others read 0 there'),
    acc: struct({
      used: flag(),
      first: bits(n, 'mask: a new accumulation begins'),
      last: bits(n, 'mask: the accumulation is complete'),
      length: bits(bitsFor(pcu.ring + 1), 'ring entries used, at least the latency of the operation'),
      init: bits(2, 'INIT'),
      initReg: bits(reg),
    }),
    tapOut: flag('drives the tap-out bus when its accumulation is complete'),
    predicate: flag('from its output on, lanes in which its result is not 0 are those that `when` outputs send'),
  });
  const outputFields = {
    used: flag(),
    source: bits(bitsFor(pcu.stages + 1), 'stage whose result is sent; `stages` = the tap-out bus'),
    mask: bits(n, 'sent where the masked counters are at their last value'),
    when: flag('only lanes whose predicate holds are sent; scalars and tokens only if it holds in lane 0'),
  };
  const output = struct(outputFields);
  return struct({
    enable: flag(),
    chain: chainLayout(n, pcu.scalarIn),
    guard: struct({ used: flag(), limit: sint(32), lane: sint(16, 'added per lane'), at: affine(n, 32) }),
    vectorIn: array(
      pcu.vectorIn,
      struct({ used: flag(), pop: bits(n, 'mask'), masks: flag('its lane mask joins the mask of the element') }),
    ),
    scalarIn: array(pcu.scalarIn, struct({ used: flag(), pop: bits(n, 'mask') })),
    tokenIn: array(pcu.controlIn, maskedToken(n)),
    inputs: array(pcu.registers, struct({ kind: bits(2, 'INPUT'), index: bits(bitsFor(Math.max(pcu.vectorIn, pcu.scalarIn, n))) })),
    tapIn: struct({ used: flag(), port: bits(bitsFor(pcu.vectorIn)) }),
    tree: struct({ used: flag('the last stage is a lane tree'), source: bits(bitsFor(pcu.stages), 'stage whose result it reduces') }),
    stages: array(pcu.stages, stage),
    vectorOut: array(pcu.vectorOut, struct({ ...outputFields, drop: flag('vectors without a lane are not sent') })),
    scalarOut: array(pcu.scalarOut, output),
    tokenOut: array(pcu.controlOut, output),
    compact: struct({
      used: flag('vector output 0 sends its lanes packed, in whole vectors'),
      flush: bits(n, 'mask: what is held goes out, with `last`'),
    }),
    hold: struct({
      used: flag('the tap-out bus carries accumulators that have come to rest, stage by stage'),
      mask: bits(n, 'after such an issue no other follows until they have left'),
    }),
  });
}

/** Layout of a PMU. */
export function pmuLayout(arch: Arch) {
  const { pmu, pcu } = arch;
  const n = pmu.counters;
  const address = struct({
    base: sint(24, 'word address when every counter is at its first value'),
    inc: array(n, sint(24)),
    lane: sint(16, 'address difference between neighbouring lanes: odd, or 0 for a broadcast read'),
    laneInverse: bits(bitsFor(pcu.lanes), 'inverse of `lane` modulo lanes (0 when lane is 0)'),
  });
  const region = struct({
    count: bits(8, 'regions of an N-buffer; 0 and 1: none'),
    stride: sint(24, 'words from one region to the next'),
    mask: bits(n, 'the pointer steps at issues where the masked counters are last'),
  });
  const part = flag('addresses outside the unit belong to another one: no error');
  const context = bits(bitsFor(pmu.writeContexts + pmu.readContexts), 'write contexts first, then read contexts');
  return struct({
    write: array(
      pmu.writeContexts,
      struct({
        enable: flag(),
        chain: chainLayout(n, pmu.scalarIn),
        source: bits(bitsFor(pmu.vectorIn + pmu.scalarIn), 'vector input, or vectorIn + p: scalar input p (one word)'),
        fill: flag('lanes masked by the stream are written as 0'),
        address,
        region,
        part,
      }),
    ),
    read: array(
      pmu.readContexts,
      struct({
        enable: flag(),
        chain: chainLayout(n, pmu.scalarIn),
        address,
        region,
        part,
        zero: struct({ used: flag(), mask: bits(n, 'reads 0 where the masked counters are at their first value') }),
        vector: flag('sent to vector output i'),
        scalar: flag('lane 0 sent to scalar output i'),
      }),
    ),
    tokenIn: array(
      pmu.tokens,
      struct({
        used: flag(),
        context,
        mask: bits(n, 'consumed at issues where the masked counters are at their first value'),
        init: bits(8, 'tokens present at the start'),
        source: bits(bitsFor(pmu.controlIn + pmu.tokens), 'network input p, or controlIn + j: token output j of this unit'),
      }),
    ),
    tokenOut: array(
      pmu.tokens,
      struct({
        used: flag(),
        context,
        mask: bits(n, 'pushed at issues where the masked counters are at their last value'),
        net: flag('sent to network output j (j < controlOut)'),
      }),
    ),
  });
}

/** Layout of an address generator. */
export function agLayout(arch: Arch) {
  const { ag } = arch;
  const n = ag.counters;
  return struct({
    enable: flag(),
    write: flag('0: DRAM to vector output 0; 1: vector input 0 to DRAM'),
    chain: chainLayout(n, ag.scalarIn),
    run: bits(24, 'words of one run (one run an issue)'),
    address: affine(n, 32),
    offset: inputWord(n, ag.scalarIn),
    row: struct(guardFields(n)),
    column: struct({ ...guardFields(n), from: inputWord(n, ag.scalarIn) }),
    tokenIn: array(ag.controlIn, maskedToken(n)),
    tokenOut: array(ag.controlOut, agTokenOut(n)),
  });
}

/** Layout of the host tile. */
export function hostLayout(arch: Arch) {
  const { host } = arch;
  return struct({
    args: array(host.args, struct({ used: flag('emits its argument once') })),
    results: array(host.results, struct({ expect: bits(32, 'values before done; the last one stays') })),
    tokens: array(host.tokens, struct({ expect: bits(16, 'tokens before done') })),
  });
}

/**
 * Layout of a switch beside a unit of the given kind.
 * Link output (side d, track t): 0 none; 1 from the opposite side, track t; 2 from side d+1, track t+1;
 * 3 from side d+3, track t-1 (modulo 4 and tracks); 4 + j unit output j.
 * Unit input p: 0 none; 1 + side * tracks + t: the stream arriving from that side on track t.
 */
export function switchLayout(arch: Arch, kind: TileKind) {
  const ports = portsOf(arch, kind);
  const net = (name: (typeof NET_CLASSES)[number]) => {
    const tracks = tracksOf(arch, name);
    return struct({
      link: array(4 * tracks, bits(bitsFor(4 + ports[name].out)), 'index side * tracks + track'),
      unit: array(ports[name].in, bits(bitsFor(1 + 4 * tracks))),
    });
  };
  return struct({ vector: net('vector'), scalar: net('scalar'), control: net('control') });
}

/** Configurations as plain values; every number is one field of the layout. */
export type ChainConfig = ValueOf<ReturnType<typeof chainLayout>>;
export type PcuConfig = ValueOf<ReturnType<typeof pcuLayout>>;
export type PmuConfig = ValueOf<ReturnType<typeof pmuLayout>>;
export type AgConfig = ValueOf<ReturnType<typeof agLayout>>;
export type HostConfig = ValueOf<ReturnType<typeof hostLayout>>;
export type SwitchConfig = ValueOf<ReturnType<typeof switchLayout>>;
export interface UnitConfigs {
  pcu: PcuConfig;
  pmu: PmuConfig;
  ag: AgConfig;
  host: HostConfig;
  empty: Record<string, never>;
}
/** The words from an address on that a memory unit holds when a load is over, as 32-bit patterns. */
export interface MemoryWords {
  readonly address: number;
  readonly words: ArrayLike<number>;
}
/** The configuration of one tile. */
export interface TileConfig<K extends TileKind = TileKind> {
  unit: UnitConfigs[K];
  switch: SwitchConfig;
  /** Of a memory unit: its initial contents, addresses ascending; the other words are not touched by a load. */
  memory?: readonly MemoryWords[];
}

/** Layout of the unit of a tile. */
export function unitLayout(arch: Arch, kind: TileKind) {
  switch (kind) {
    case 'pcu':
      return pcuLayout(arch);
    case 'pmu':
      return pmuLayout(arch);
    case 'ag':
      return agLayout(arch);
    case 'host':
      return hostLayout(arch);
    case 'empty':
      return struct({});
  }
}

/** Layout of a whole tile: the unit in the low bits, then its switch. */
export function tileLayout(arch: Arch, kind: TileKind) {
  return struct({ unit: unitLayout(arch, kind), switch: switchLayout(arch, kind) });
}
