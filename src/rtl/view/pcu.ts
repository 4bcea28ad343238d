/**
 * The view of a PCU: `kiln_pcu` and its parts. One value serves all their templates, as they share
 * the shape of lanes, banks, tags and pipeline positions.
 *
 * A *tag* is what travels with an element beside its data: lane mask, first and last flags, the
 * empty counter of a null issue, final. A *position* is a register of a delay as long as the longest
 * latency; an element of a shorter one enters further down, so that the last position is always the
 * output.
 */
import type { Arch } from '../../arch/schema.ts';
import { bitsFor, type StructField, widthOf } from '../../base/bitstruct.ts';
import { INIT, INPUT, OPERAND, pcuLayout } from '../../fabric/config.ts';
import { payloadBits } from '../../fabric/ports.ts';
import { OP_NAMES, OPS } from '../../ops/table.ts';
import { type FuView, fuView } from './fu.ts';
import type { ElementOf, PcuView, PortView, RangeName } from './pcu-view.ts';
import { type Slices, sliceAt, slicesOf, spansOf } from './slices.ts';

const range = (width: number) => `[${width - 1}:0]`;

/** Lane i is 2^k lanes after lane i - 2^k, with 2^k the largest power of two in i: as few adders as one after the other, log2(lanes) deep. */
function laneSums(lanes: number): PcuView['laneSums'] {
  return Array.from({ length: lanes - 1 }, (_, before) => {
    const shift = 31 - Math.clz32(before + 1);
    return { to: before + 1, from: before + 1 - 2 ** shift, shift };
  });
}

/** The view for `arch`; `banner` names what the design is generated from. */
export function pcuView(arch: Arch, banner: string): PcuView {
  const { pcu } = arch;
  const L = pcu.lanes;
  const n = pcu.counters;
  const layout = pcuLayout(arch);
  const spans = spansOf(layout);
  const stageLayout = layout.fields.stages.element as StructField;
  const outputLayout = layout.fields.scalarOut.element as StructField;
  const vector = payloadBits(arch, 'vector');
  const scalar = payloadBits(arch, 'scalar');
  const delay = delayView(arch);
  const slots = Math.max(2, pcu.ring);
  const tag = tagView(L, n);
  const cfg = slicesOf(layout);
  const inputs = slicesOf(layout.fields.inputs);
  const sourceBits = bitsFor(pcu.stages + 1);
  const indexBits = bitsFor(Math.max(pcu.vectorIn, pcu.scalarIn, n));
  const lengthBits = bitsFor(pcu.ring + 1);
  const depth = Math.log2(L);
  const port = (bits: number, payload: number, words: number) => (index: number) => ({
    index,
    literal: `${bits}'d${index}`,
    word: sliceAt(32 * index, 32).slice,
    payload: sliceAt(payload * index, payload).slice,
    data: sliceAt(payload * index, 32 * words).slice,
    mask: sliceAt(payload * index + 32 * words, words).slice,
    lanesSlice: `[${(index + 1) * L - 1}:${index * L}]`,
    tapLiteral: `${bitsFor(pcu.vectorIn)}'d${index}`,
  });
  const ports = (count: number, make: (index: number) => PortView) => Array.from({ length: count }, (_, i) => make(i));
  const outputs = (kind: 'vectorOut' | 'scalarOut' | 'tokenOut', count: number, make: (index: number) => PortView) =>
    ports(count, make).map((view) => ({
      ...view,
      // The fields that all outputs share come first.
      slice: sliceAt(spans[kind].lsb + view.index * widthOf(layout.fields[kind].element), widthOf(outputLayout)).slice,
    }));
  const issueWidth = spans.tokenIn.lsb + spans.tokenIn.width;
  const guardAt = spansOf(layout.fields.guard as StructField).at;
  const ranges: Record<RangeName, string> = {
    cfg: range(widthOf(layout)),
    issueCfg: range(issueWidth),
    inputsCfg: range(spans.inputs.width),
    stageCfg: range(widthOf(stageLayout)),
    outputCfg: range(widthOf(outputLayout)),
    lanes: range(L),
    words: range(32 * L),
    tag: range(tag.width),
    counters: range(n),
    values: range(32 * n),
    registers: range(pcu.registers),
    enter: range(delay.classes.length),
    positions: range(delay.positions.length),
    stages: range(pcu.stages),
    vectorIn: range(pcu.vectorIn),
    vectorInData: range(pcu.vectorIn * vector),
    vectorInMask: range(pcu.vectorIn * L),
    scalarIn: range(pcu.scalarIn),
    scalarInData: range(pcu.scalarIn * scalar),
    scalarInWords: range(pcu.scalarIn * 32),
    tokenIn: range(pcu.controlIn),
    vectorOut: range(pcu.vectorOut),
    vectorOutData: range(pcu.vectorOut * vector),
    scalarOut: range(pcu.scalarOut),
    scalarOutData: range(pcu.scalarOut * scalar),
    tokenOut: range(pcu.controlOut),
    vector: range(vector),
    scalar: range(scalar),
    entries: range(32 * slots),
    entryOk: range(slots),
    entryIndex: range(bitsFor(slots)),
    length: range(lengthBits),
    live: range(L + 1),
  };
  return {
    banner,
    lanes: L,
    laneSums: laneSums(L),
    counters: n,
    scalarIn: pcu.scalarIn,
    boundBits: cfg.chain.counters[0].bound.width,
    depth: { vector: arch.fifo.vector, scalar: arch.fifo.scalar, output: arch.fifo.output },
    widths: { vector, scalar, tag: tag.width, ctl: tag.width + 2 + bitsFor(slots) },
    range: ranges,
    pad: Math.max(...Object.values(ranges).map((text) => text.length)),
    tag: tag.slices,
    latency: { slow: delay.slow, simple: delay.simple, classes: delay.classes },
    positions: delay.positions,
    lastPosition: delay.positions.length - 1,
    registers: Array.from({ length: pcu.registers }, (_, index) => ({
      index,
      literal: `${bitsFor(pcu.registers)}'d${index}`,
      input: inputs[index],
    })),
    stages: Array.from({ length: pcu.stages }, (_, index) => ({
      index,
      literal: `${sourceBits}'d${index}`,
      first: index === 0,
      treeLiteral: `${bitsFor(pcu.stages)}'d${index}`,
      last: index === pcu.stages - 1,
      before: index - 1,
      slice: sliceAt(spans.stages.lsb + index * widthOf(stageLayout), widthOf(stageLayout)).slice,
    })),
    lastStage: pcu.stages - 1,
    busLiteral: `${sourceBits}'d${pcu.stages}`,
    lastLiteral: `${sourceBits}'d${pcu.stages - 1}`,
    vectorIn: ports(pcu.vectorIn, port(indexBits, vector, L)),
    scalarIns: ports(pcu.scalarIn, port(indexBits, scalar, 1)),
    tokenIn: ports(pcu.controlIn, port(indexBits, 1, 1)),
    vectorOut: outputs('vectorOut', pcu.vectorOut, port(sourceBits, vector, L)),
    scalarOut: outputs('scalarOut', pcu.scalarOut, port(sourceBits, scalar, 1)),
    tokenOut: outputs('tokenOut', pcu.controlOut, port(sourceBits, 1, 1)),
    counterValues: ports(n, port(indexBits, 32, 1)),
    cfg,
    stageCfg: slicesOf(stageLayout) as Slices<ElementOf<'stages'>>,
    outputCfg: slicesOf(outputLayout) as Slices<ElementOf<'scalarOut'>>,
    part: {
      chain: sliceAt(spans.chain.lsb, spans.chain.width).slice,
      guardAt: sliceAt(spans.guard.lsb + guardAt.lsb, guardAt.width).slice,
      issue: sliceAt(0, issueWidth).slice,
      inputs: sliceAt(spans.inputs.lsb, spans.inputs.width).slice,
    },
    kinds: { input: INPUT, operand: OPERAND, init: INIT },
    ring: {
      entries: Array.from({ length: slots }, (_, index) => ({
        index,
        literal: `${bitsFor(slots)}'d${index}`,
        word: sliceAt(32 * index, 32).slice,
      })),
      msb: slots - 1,
      indexMsb: bitsFor(slots) - 1,
      indexWidth: bitsFor(slots),
      afterMsb: lengthBits,
      afterWidth: lengthBits + 1,
      one: `${lengthBits}'d1`,
      combines: pcu.ring > 1,
      stepWidth: bitsFor(slots) + 2,
    },
    tree: {
      levels: Array.from({ length: depth }, (_, index) => ({ index, before: index - 1 })),
      half: L / 2,
      lastLevel: depth - 1,
    },
    compact: compactView(L),
    inVector: { data: sliceAt(0, 32 * L).slice, mask: `[${33 * L - 1}:${32 * L}]`, last: sliceAt(33 * L, 1).slice },
    countMsb: {
      vector: bitsFor(arch.fifo.vector + 1) - 1,
      scalar: bitsFor(arch.fifo.scalar + 1) - 1,
      output: bitsFor(arch.fifo.output + 1) - 1,
    },
    laterStages: `[${pcu.stages - 1}:1]`,
    tapDefault: 2 ** bitsFor(pcu.vectorIn) > pcu.vectorIn,
    wordBits: 32 * L,
    lane: { fu: laneFu(L) },
    operands: ['a', 'b', 'c'],
  };
}

/** The templates that make up `kiln_pcu`, and the module (and file) each prints; leaf cells and `kiln_fu` apart. */
export function pcuTemplates(): readonly { module: string; template: string }[] {
  return ['pcu', 'pcu_issue', 'pcu_bank', 'pcu_pick', 'compactor', 'stage', 'tree', 'combiner', 'delay', 'latency'].map((part) => ({
    module: `kiln_${part}`,
    template: `unit/${part}.sv.njk`,
  }));
}

/** The module of a functional unit of one lane. */
const laneFu = (lanes: number) => (lanes === 1 ? 'kiln_fu' : 'kiln_lane_fu');

/** The functional unit of the combiner, when it is not the one of the stages. */
export function laneFuViews(arch: Arch, banner: string): FuView[] {
  const { lanes, float } = arch.pcu;
  return lanes === 1 ? [] : [fuView({ lanes: 1, float, latency: arch.latency }, banner, laneFu(lanes))];
}

function compactView(lanes: number): PcuView['compact'] {
  const depth = Math.log2(lanes);
  const countWidth = depth + 2;
  return {
    countRange: range(countWidth),
    countWidth,
    lanes: `${countWidth}'d${lanes}`,
    wayWidth: depth,
    wayRange: range(depth),
    belowRange: range(lanes * depth),
    levels: Array.from({ length: depth }, (_, index) => ({
      index,
      shift: 2 ** index,
      words: index === 0 ? 'words_i' : `packed${index - 1}`,
      kept: index === 0 ? 'mask_i' : `kept${index - 1}`,
      way: index === 0 ? 'below' : `way${index - 1}`,
      times: depth - index === 1 ? '' : `*${depth - index}`,
      next: index < depth - 1 ? { width: depth - index - 1, range: range(lanes * (depth - index - 1)) } : null,
    })),
    packed: depth === 0 ? 'words_i' : `packed${depth - 1}`,
    pairRange: range(64 * lanes),
    pairBits: 64 * lanes,
    lowWords: sliceAt(0, 32 * lanes).slice,
    highWords: sliceAt(32 * lanes, 32 * lanes).slice,
  };
}

/** Where the fields of a tag are. */
function tagView(lanes: number, counters: number) {
  const sizes = [
    ['mask', lanes],
    ['cf', counters],
    ['cl', counters],
    ['nullAt', counters],
    ['isNull', 1],
    ['final', 1],
    ['predicate', lanes],
  ] as const;
  let lsb = 0;
  let predicateLsb = 0;
  const slices: Record<string, string> = {};
  for (const [name, width] of sizes) {
    if (name === 'predicate') predicateLsb = lsb;
    slices[name] = sliceAt(lsb, width).slice;
    lsb += width;
  }
  return { width: lsb, slices: { ...slices, predicateLsb } as PcuView['tag'] };
}

/** Latencies of the operations and the positions of a delay that covers them. */
function delayView(arch: Arch) {
  const { latency, pcu } = arch;
  const built = [latency.simple, latency.multiply, ...(pcu.float ? [latency.float] : [])];
  const longest = Math.max(...built);
  const cycles = [...new Set(built)].sort((a, b) => a - b);
  const enterOf = (count: number) => cycles.indexOf(count);
  const simple = enterOf(latency.simple);
  const slow = OP_NAMES.filter((name) => !OPS[name].float || pcu.float)
    .map((name) => ({ name, code: OPS[name].code, enter: enterOf(latency[OPS[name].latency]) }))
    .filter((op) => op.enter !== simple);
  const positions = Array.from({ length: longest }, (_, index) => ({
    index,
    before: index - 1,
    enter: enterOf(longest - index),
  }));
  const classes = cycles.map((count, enter) => ({ enter, cycles: count, others: '' }));
  return { positions, simple, slow, classes };
}
