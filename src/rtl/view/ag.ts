/** The views of the address generator, its engines, and the coalescing unit of an AXI port. */
import type { Arch } from '../../arch/schema.ts';
import { bitsFor, widthOf } from '../../base/bitstruct.ts';
import { agLayout } from '../../fabric/config.ts';
import { payloadBits } from '../../fabric/ports.ts';
import { type BitRange, fieldsOf } from './fields.ts';

/** Words of a beat. */
const BEAT = 16;

export interface AgView {
  readonly banner: string;
  readonly lanes: number;
  readonly laneMsb: number;
  readonly dataBits: number;
  readonly dataMsb: number;
  readonly maskMsb: number;
  readonly vectorBits: number;
  readonly vectorMsb: number;
  readonly vectorWords: number;
  readonly counters: number;
  readonly counterMsb: number;
  readonly valuesMsb: number;
  readonly boundBits: number;
  /** Scalar inputs: flat payloads and words, and the fields that name one. */
  readonly scalarIn: number;
  readonly scalarInMsb: number;
  readonly scalarDataMsb: number;
  readonly scalarWordsMsb: number;
  readonly scalarCountMsb: number;
  readonly scalarDepth: number;
  readonly portBits: number;
  readonly scalars: readonly { readonly index: number; readonly slice: BitRange }[];
  /** Words popped from scalar inputs; each is in use where all of its `used` bits are set. */
  readonly words: readonly { readonly name: string; readonly used: readonly number[]; readonly port: BitRange; readonly mask: BitRange }[];
  /** Byte, word and beat addresses. */
  readonly addressBits: number;
  readonly addressMsb: number;
  readonly startBits: number;
  readonly startMsb: number;
  readonly beatBits: number;
  readonly beatMsb: number;
  /** Lists the address bits beyond memory, so that lint sees them used. */
  readonly unusedAddress: string;
  readonly cfgMsb: number;
  readonly cfg: {
    readonly enable: number;
    readonly write: number;
    readonly run: BitRange;
    readonly chain: BitRange;
    readonly rowUsed: number;
    readonly rowLimit: BitRange;
    readonly columnUsed: number;
    readonly columnLimit: BitRange;
    readonly columnFrom: number;
  };
  readonly affines: readonly { readonly name: string; readonly cfg: BitRange }[];
  readonly tokenIn: readonly { readonly used: number; readonly mask: BitRange; readonly init: BitRange }[];
  readonly tokenOut: readonly { readonly used: number; readonly mask: BitRange }[];
  readonly controlInMsb: number;
  readonly tokenBits: number;
  readonly tokenMsb: number;
  readonly commands: number;
  readonly commandCountMsb: number;
  readonly requestCommandBits: number;
  readonly requestCommandMsb: number;
  readonly dataCommandBits: number;
  readonly dataCommandMsb: number;
  readonly outputDepth: number;
  readonly outputCountMsb: number;
  readonly inputDepth: number;
  readonly inputCountMsb: number;
  readonly burst: number;
  readonly responseBeats: number;
  readonly responseCountMsb: number;
  readonly creditBits: number;
  readonly creditMsb: number;
  /** A burst length and a returned place, as wide as the credit; a burst length as wide as a beat address. */
  readonly credit: { readonly length: string; readonly one: string };
  readonly beat: { readonly length: string };
  readonly requestBits: number;
  readonly requestMsb: number;
  /** Carry of the data engine, and the window of carry and beat together. */
  readonly carryWords: number;
  readonly carryMsb: number;
  readonly windowMsb: number;
  /** Carry and beat, as wide as the window. */
  readonly windowCarry: string;
  readonly windowBeat: string;
  /** The window less the vector sent, as wide as the carry. */
  readonly carryNext: string;
  /** Assembly buffer of the pack engine. */
  readonly slots: number;
  readonly slotMsb: number;
  readonly slotsMsb: number;
  readonly wordsPad: number;
  readonly strobePad: number;
  readonly writeBeats: number;
  readonly writeCountMsb: number;
  readonly burstBits: number;
  readonly burstMsb: number;
  readonly burstAddressMsb: number;
  readonly burstTokenLsb: number;
  /** AXI ports of the fabric. */
  readonly ports: number;
}

/** `bits` of zero in front of a net, or just the net. */
const widen = (bits: number, net: string): string => (bits > 0 ? `{${bits}'d0, ${net}}` : net);

/** The view of `kiln_ag`, its engines and `kiln_coalescer`. */
export function agView(arch: Arch, banner = 'an architecture'): AgView {
  const { ag, fifo, memory } = arch;
  const { lanes } = arch.pcu;
  const layout = agLayout(arch);
  const at = fieldsOf(layout);
  const vectorBits = payloadBits(arch, 'vector');
  const addressBits = memory.addressBits;
  const startBits = addressBits - 2;
  const beatBits = addressBits - 6;
  const carryWords = Math.max(BEAT - 1, lanes - 1);
  // A beat is only taken when the carry holds less than a vector.
  const windowWords = lanes - 1 + BEAT;
  const stays = Math.min(carryWords, windowWords - lanes);
  const slots = BEAT - 1 + lanes;
  const creditBits = Math.max(5, bitsFor(ag.responseBeats + 1));
  const burstBits = ag.controlOut + beatBits + 5;
  const requestCommandBits = 24 + startBits;
  const dataCommandBits = requestCommandBits + 2 + ag.controlOut;
  const scalarBits = payloadBits(arch, 'scalar');
  const word = (name: string, path: string, used: readonly string[]) => ({
    name,
    used: used.map((flag) => at.bit(flag)),
    port: at.range(`${path}.port`),
    mask: at.range(`${path}.mask`),
  });
  const masked = (path: string) => ({ used: at.bit(`${path}.used`), mask: at.range(`${path}.mask`) });
  return {
    banner,
    lanes,
    laneMsb: lanes - 1,
    dataBits: 32 * lanes,
    dataMsb: 32 * lanes - 1,
    maskMsb: 33 * lanes - 1,
    vectorBits,
    vectorMsb: vectorBits - 1,
    vectorWords: 32 * lanes,
    counters: ag.counters,
    counterMsb: ag.counters - 1,
    valuesMsb: 32 * ag.counters - 1,
    boundBits: bitsFor(ag.scalarIn + 1),
    scalarIn: ag.scalarIn,
    scalarInMsb: ag.scalarIn - 1,
    scalarDataMsb: ag.scalarIn * scalarBits - 1,
    scalarWordsMsb: 32 * ag.scalarIn - 1,
    scalarCountMsb: bitsFor(fifo.scalar + 1) - 1,
    scalarDepth: fifo.scalar,
    portBits: bitsFor(ag.scalarIn),
    scalars: Array.from({ length: ag.scalarIn }, (_, index) => ({
      index,
      slice: { msb: (index + 1) * scalarBits - 1, lsb: index * scalarBits },
    })),
    words: [word('offset', 'offset', ['offset.used']), word('limit', 'column.from', ['column.used', 'column.from.used'])],
    addressBits,
    addressMsb: addressBits - 1,
    startBits,
    startMsb: startBits - 1,
    beatBits,
    beatMsb: beatBits - 1,
    unusedAddress: startBits < 32 ? `,\n                    start[31:${startBits}]` : '',
    cfgMsb: widthOf(layout) - 1,
    cfg: {
      enable: at.bit('enable'),
      write: at.bit('write'),
      run: at.range('run'),
      chain: at.range('chain'),
      rowUsed: at.bit('row.used'),
      rowLimit: at.range('row.limit'),
      columnUsed: at.bit('column.used'),
      columnLimit: at.range('column.limit'),
      columnFrom: at.bit('column.from.used'),
    },
    affines: [
      { name: 'address', cfg: at.range('address') },
      { name: 'row', cfg: at.range('row.at') },
      { name: 'column', cfg: at.range('column.at') },
    ],
    tokenIn: Array.from({ length: ag.controlIn }, (_, i) => ({ ...masked(`tokenIn[${i}]`), init: at.range(`tokenIn[${i}].init`) })),
    tokenOut: Array.from({ length: ag.controlOut }, (_, i) => masked(`tokenOut[${i}]`)),
    controlInMsb: ag.controlIn - 1,
    tokenBits: ag.controlOut,
    tokenMsb: ag.controlOut - 1,
    commands: ag.commands,
    commandCountMsb: bitsFor(ag.commands + 1) - 1,
    requestCommandBits,
    requestCommandMsb: requestCommandBits - 1,
    dataCommandBits,
    dataCommandMsb: dataCommandBits - 1,
    outputDepth: fifo.output,
    outputCountMsb: bitsFor(fifo.output + 1) - 1,
    inputDepth: fifo.vector,
    inputCountMsb: bitsFor(fifo.vector + 1) - 1,
    burst: ag.burstBeats,
    responseBeats: ag.responseBeats,
    responseCountMsb: bitsFor(ag.responseBeats + 1) - 1,
    creditBits,
    creditMsb: creditBits - 1,
    credit: { length: widen(creditBits - 5, 'length'), one: widen(creditBits - 1, 'credit_i') },
    beat: { length: widen(beatBits - 5, 'length') },
    requestBits: beatBits + 5,
    requestMsb: beatBits + 4,
    carryWords,
    carryMsb: 32 * carryWords - 1,
    windowMsb: 32 * windowWords - 1,
    windowCarry: widen(32 * (windowWords - carryWords), 'carry_q'),
    windowBeat: widen(32 * (windowWords - BEAT), 'aligned'),
    carryNext: widen(32 * (carryWords - stays), `window[${32 * (lanes + stays) - 1}:${32 * lanes}]`),
    slots,
    slotMsb: slots - 1,
    slotsMsb: 32 * slots - 1,
    wordsPad: 32 * (slots - lanes),
    strobePad: slots - lanes,
    writeBeats: ag.writeBeats,
    writeCountMsb: bitsFor(ag.writeBeats + 1) - 1,
    burstBits,
    burstMsb: burstBits - 1,
    burstAddressMsb: beatBits + 4,
    burstTokenLsb: beatBits + 5,
    ports: memory.ports,
  };
}

/** The templates of `agView`, and the module (and file) each prints. */
export const AG_TEMPLATES: readonly { readonly module: string; readonly template: string }[] = [
  { module: 'kiln_ag', template: 'unit/ag.sv.njk' },
  { module: 'kiln_ag_word', template: 'unit/ag_word.sv.njk' },
  { module: 'kiln_ag_request', template: 'unit/ag_request.sv.njk' },
  { module: 'kiln_ag_read', template: 'unit/ag_read.sv.njk' },
  { module: 'kiln_ag_pack', template: 'unit/ag_pack.sv.njk' },
];

/** The templates of the coalescing unit of an AXI port, which also print `agView`. */
export const PORT_TEMPLATES: readonly { readonly module: string; readonly template: string }[] = [
  { module: 'kiln_round_robin', template: 'lib/round_robin.sv.njk' },
  { module: 'kiln_coalescer', template: 'unit/mem_port.sv.njk' },
];
