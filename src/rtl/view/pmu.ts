/** The views of the memory unit: `kiln_pmu` and the modules it is made of share one view. */
import type { Arch } from '../../arch/schema.ts';
import { type Field, leavesOf, widthOf } from '../../base/bitstruct.ts';
import { pmuLayout } from '../../fabric/config.ts';
import { payloadBits } from '../../fabric/ports.ts';
import { type BitRange, fieldsOf } from './fields.ts';

/** Where the configuration of a context lies in `cfg_i`. */
export interface PmuContextView {
  /** Stem of its nets: `w0`, `r1`. */
  readonly name: string;
  /** Begins the names of nets that only read contexts need. */
  readonly unused: string;
  /** Its number among the contexts of its port, and among all. */
  readonly index: number;
  readonly context: number;
  readonly enable: number;
  readonly part: number;
  readonly chain: BitRange;
  /** Base and increments of the address. */
  readonly affine: BitRange;
  readonly lane: BitRange;
  readonly laneInverse: BitRange;
  readonly region: { readonly count: BitRange; readonly stride: BitRange; readonly mask: BitRange };
}

export interface PmuWriteView extends PmuContextView {
  readonly source: BitRange;
  readonly fill: number;
}

export interface PmuReadView extends PmuContextView {
  readonly zero: { readonly used: number; readonly mask: BitRange };
  readonly vector: number;
  readonly scalar: number;
  /** Its slices of the flat output ports. */
  readonly vectorSlice: BitRange;
  readonly scalarSlice: BitRange;
}

/** A token counter or token output. */
export interface PmuTokenView {
  readonly index: number;
  readonly used: number;
  readonly context: BitRange;
  readonly mask: BitRange;
  /** Bits of its mask in the flat copy of all masks. */
  readonly slice: BitRange;
}

export interface PmuTokenInView extends PmuTokenView {
  readonly init: BitRange;
  readonly source: BitRange;
}

export interface PmuTokenOutView extends PmuTokenView {
  readonly net: number;
  /** Whether a network output carries its number. */
  readonly port: boolean;
}

/** An input FIFO: its slice of the flat payload port. */
export interface PmuInputView {
  readonly index: number;
  readonly slice: BitRange;
}

/** View of the templates `unit/pmu*.sv.njk`. */
export interface PmuView {
  readonly banner: string;
  readonly lanes: number;
  readonly bankWords: number;
  readonly counters: number;
  readonly tokens: number;
  readonly scalarIn: number;
  readonly controlIn: number;
  readonly controlOut: number;
  readonly sources: number;
  /** Parameter of the counter chains: width of the field that names a bound. */
  readonly boundBits: number;
  readonly depth: { readonly vector: number; readonly scalar: number; readonly output: number };
  /** Bits of a payload, of a lane number (1 at least), of its part in an address, of a row. */
  readonly bits: {
    readonly vector: number;
    readonly lane: number;
    readonly lanePart: number;
    readonly row: number;
    readonly laneRow: number;
    readonly context: number;
    readonly tokenSource: number;
  };
  /** Selects the bits of a lane number in use (a single lane has none). */
  readonly laneMask: string;
  /** Highest bits of nets. */
  readonly msb: {
    readonly cfg: number;
    readonly lanes: number;
    readonly words: number;
    readonly rows: number;
    readonly banks: number;
    readonly lane: number;
    readonly row: number;
    readonly counters: number;
    readonly tokens: number;
    readonly masks: number;
    readonly chain: number;
    readonly affine: number;
    readonly payload: number;
    readonly vectorIn: number;
    readonly vectorInData: number;
    readonly scalarIn: number;
    readonly scalarInData: number;
    readonly controlIn: number;
    readonly controlOut: number;
    readonly read: number;
    readonly write: number;
    readonly readData: number;
    readonly readScalar: number;
    readonly sources: number;
    readonly sourceField: number;
    readonly vectorCount: number;
    readonly scalarCount: number;
    readonly outputCount: number;
    readonly tokenCfg: number;
    readonly contextFields: number;
    readonly tokenSources: number;
    readonly mine: number;
    readonly feeds: number;
    readonly gains: number;
    readonly boundData: number;
  };
  readonly writes: readonly PmuWriteView[];
  readonly reads: readonly PmuReadView[];
  readonly contexts: readonly PmuContextView[];
  readonly tokenIn: readonly PmuTokenInView[];
  readonly tokenOut: readonly PmuTokenOutView[];
  /** The part of the configuration that `kiln_pmu_tokens` receives; positions in `tokenIn` and `tokenOut` count from its start. */
  readonly tokenCfg: BitRange;
  /** Network outputs beyond the token outputs. */
  readonly idleOutputs: readonly number[];
  readonly vectorIn: readonly PmuInputView[];
  readonly scalarInputs: readonly PmuInputView[];
  /** Column of port names. */
  readonly pad: number;
}

/** The view of the memory unit. */
export function pmuView(arch: Arch, banner = 'an architecture'): PmuView {
  const { pmu, pcu, fifo } = arch;
  const layout = pmuLayout(arch);
  const fields = fieldsOf(layout);
  const lanes = pcu.lanes;
  const lanePart = Math.log2(lanes);
  const row = Math.log2(pmu.bankWords);
  const vector = payloadBits(arch, 'vector');
  const scalar = payloadBits(arch, 'scalar');
  const width = ({ msb, lsb }: BitRange) => msb - lsb + 1;
  const context = (port: 'write' | 'read', index: number): PmuContextView => {
    const at = (path: string) => fields.range(`${port}[${index}].${path}`);
    return {
      name: `${port.charAt(0)}${index}`,
      unused: port === 'write' ? 'unused_' : '',
      index,
      context: port === 'write' ? index : pmu.writeContexts + index,
      enable: fields.bit(`${port}[${index}].enable`),
      chain: at('chain'),
      affine: { lsb: at('address.base').lsb, msb: at('address.inc').msb },
      lane: at('address.lane'),
      laneInverse: at('address.laneInverse'),
      part: fields.bit(`${port}[${index}].part`),
      region: { count: at('region.count'), stride: at('region.stride'), mask: at('region.mask') },
    };
  };
  const slice = (index: number, bits: number): BitRange => ({ msb: (index + 1) * bits - 1, lsb: index * bits });
  const writes = upTo(pmu.writeContexts).map(
    (i): PmuWriteView => ({ ...context('write', i), source: fields.range(`write[${i}].source`), fill: fields.bit(`write[${i}].fill`) }),
  );
  const reads = upTo(pmu.readContexts).map(
    (i): PmuReadView => ({
      ...context('read', i),
      zero: { used: fields.bit(`read[${i}].zero.used`), mask: fields.range(`read[${i}].zero.mask`) },
      vector: fields.bit(`read[${i}].vector`),
      scalar: fields.bit(`read[${i}].scalar`),
      vectorSlice: slice(i, vector),
      scalarSlice: slice(i, scalar),
    }),
  );
  const tokenCfg: BitRange = { lsb: fields.range('tokenIn').lsb, msb: fields.range('tokenOut').msb };
  const inTokens = (path: string): BitRange => {
    const { msb, lsb } = fields.range(path);
    return { msb: msb - tokenCfg.lsb, lsb: lsb - tokenCfg.lsb };
  };
  const token = (kind: 'tokenIn' | 'tokenOut', index: number): PmuTokenView => ({
    index,
    used: inTokens(`${kind}[${index}].used`).lsb,
    context: inTokens(`${kind}[${index}].context`),
    mask: inTokens(`${kind}[${index}].mask`),
    slice: slice(index, pmu.counters),
  });
  const tokenIn = upTo(pmu.tokens).map(
    (i): PmuTokenInView => ({
      ...token('tokenIn', i),
      init: inTokens(`tokenIn[${i}].init`),
      source: inTokens(`tokenIn[${i}].source`),
    }),
  );
  const tokenOut = upTo(pmu.tokens).map(
    (i): PmuTokenOutView => ({ ...token('tokenOut', i), net: inTokens(`tokenOut[${i}].net`).lsb, port: i < pmu.controlOut }),
  );
  const sources = pmu.vectorIn + pmu.scalarIn;
  const countBits = (depth: number) => Math.ceil(Math.log2(depth + 1));
  const laneBits = Math.max(1, lanePart);
  const cfg = widthOf(layout);
  return {
    banner,
    lanes,
    bankWords: pmu.bankWords,
    counters: pmu.counters,
    tokens: pmu.tokens,
    scalarIn: pmu.scalarIn,
    controlIn: pmu.controlIn,
    controlOut: pmu.controlOut,
    sources,
    boundBits: boundBits(layout),
    depth: { vector: fifo.vector, scalar: fifo.scalar, output: fifo.output },
    bits: {
      vector,
      lane: laneBits,
      lanePart,
      row,
      laneRow: lanePart + row,
      context: width(tokenIn[0].context),
      tokenSource: width(tokenIn[0].source),
    },
    laneMask: `${laneBits}'d${lanes - 1}`,
    msb: {
      cfg: cfg - 1,
      lanes: lanes - 1,
      words: 32 * lanes - 1,
      rows: lanes * row - 1,
      banks: lanes * laneBits - 1,
      lane: laneBits - 1,
      row: row - 1,
      counters: pmu.counters - 1,
      tokens: pmu.tokens - 1,
      masks: pmu.tokens * pmu.counters - 1,
      chain: width(writes[0].chain) - 1,
      affine: width(writes[0].affine) - 1,
      payload: vector - 1,
      vectorIn: pmu.vectorIn - 1,
      vectorInData: pmu.vectorIn * vector - 1,
      scalarIn: pmu.scalarIn - 1,
      scalarInData: pmu.scalarIn * scalar - 1,
      controlIn: pmu.controlIn - 1,
      controlOut: pmu.controlOut - 1,
      read: pmu.readContexts - 1,
      write: pmu.writeContexts - 1,
      readData: pmu.readContexts * vector - 1,
      readScalar: pmu.readContexts * scalar - 1,
      sources: sources - 1,
      sourceField: width(writes[0].source) - 1,
      vectorCount: countBits(fifo.vector) - 1,
      scalarCount: countBits(fifo.scalar) - 1,
      outputCount: countBits(fifo.output) - 1,
      tokenCfg: width(tokenCfg) - 1,
      contextFields: pmu.tokens * width(tokenIn[0].context) - 1,
      tokenSources: pmu.tokens * width(tokenIn[0].source) - 1,
      mine: pmu.tokens * (pmu.writeContexts + pmu.readContexts) - 1,
      feeds: pmu.tokens * pmu.controlIn - 1,
      gains: pmu.tokens * pmu.tokens - 1,
      boundData: pmu.scalarIn * 32 - 1,
    },
    writes,
    reads,
    contexts: [...writes, ...reads],
    tokenIn,
    tokenOut,
    tokenCfg,
    idleOutputs: upTo(pmu.controlOut).filter((index) => index >= pmu.tokens),
    vectorIn: upTo(pmu.vectorIn).map((index) => ({ index, slice: slice(index, vector) })),
    scalarInputs: upTo(pmu.scalarIn).map((index) => ({ index, slice: slice(index, scalar) })),
    pad: `[${Math.max(cfg, pmu.vectorIn * vector, pmu.readContexts * vector) - 1}:0]`.length,
  };
}

/** The templates that make up `kiln_pmu`, and the module (and file) each prints. */
export function pmuTemplates(): readonly { module: string; template: string }[] {
  return ['', '_tokens', '_context', '_oldest', '_lanes', '_banks'].map((part) => ({
    module: `kiln_pmu${part}`,
    template: `unit/pmu${part}.sv.njk`,
  }));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Width of the field that names the bound of a counter. */
function boundBits(layout: Field): number {
  return leavesOf(layout).find((leaf) => leaf.path === 'write[0].chain.counters[0].bound')!.width;
}
