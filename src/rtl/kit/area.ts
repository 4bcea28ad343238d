/**
 * What a configuration takes in transistors, before anything is synthesised: storage by its bits, logic by what it grows with.
 * The constants are measured with `kiln synth` (Yosys 0.23, its estimate of static gates) on `tiny`, `demo` and `plasticine`;
 * `test/unit/rtl/area.test.ts` holds the estimate against those figures. The latencies of operations other than the
 * usual ones, and depths of pipelines, move a functional unit by a few percent, which is not in it.
 */
import type { Arch } from '../../arch/schema.ts';
import { widthOf } from '../../base/bitstruct.ts';
import { tileLayout, unitLayout } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { NET_CLASSES, type NetClass, payloadBits, portsOf, TILE_KINDS, type TileKind, tracksOf } from '../../fabric/ports.ts';

/** Transistors of a bit: a flip-flop with enable, a small memory with its part of the multiplexer, a scratchpad bank. */
const FLIP_FLOP = 28;
const SMALL_BIT = 12;
const SCRATCHPAD_BIT = 8;
/** A bit of configuration as a tile holds it, which reset clears. */
const HELD_BIT = 34;
/** Of the head of a FIFO, which is a register with a way around the memory. */
const FIFO_HEAD = 44;

/** A functional unit of one lane and stage, with the registers inside. */
const FUNCTIONAL_UNIT = { float: 178_800, integer: 80_300 } as const;
/** For a bit of a lane and stage: choosing operands, for each register and besides. */
const SELECTION = { register: 110, stage: 108 } as const;
/** For a bit of a switch: the buffer of a link, and each stream that a link or a unit's input may take. For an output of any width: its control. */
const SWITCH = { link: 72, linkChoice: 4.4, inputChoice: 9.4, control: 550 } as const;

/** A counter of a chain, and what finds which lanes are valid. */
const chain = (counters: number, lanes: number): number => 8_500 * counters + 3_400 * lanes;
/** An affine value: an adder and a register for each counter. */
const affine = (counters: number, bits: number): number => 170 * counters * bits;
const fifo = (depth: number, width: number): number => width * (SMALL_BIT * depth + FIFO_HEAD);

/** One kind of thing in the fabric. `each` and `scratchpad` (a part of it) in transistors. */
export interface AreaPart {
  readonly name: string;
  readonly number: number;
  readonly each: number;
  readonly scratchpad?: number;
}

/** The parts of a fabric: units by kind, the switches, and what steers and feeds them all. */
export function areaParts(fabric: Fabric): AreaPart[] {
  const { arch } = fabric;
  const kinds = TILE_KINDS.filter((kind) => fabric.tilesOf(kind).length > 0);
  const number = (kind: TileKind) => fabric.tilesOf(kind).length;
  const sum = (of: (kind: TileKind) => number) => kinds.reduce((total, kind) => total + number(kind) * of(kind), 0);
  const units = kinds
    .filter((kind) => kind !== 'empty')
    .map((kind) => ({
      name: UNIT_NAMES[kind],
      number: number(kind),
      each: unitArea(arch, kind),
      ...(kind === 'pmu' ? { scratchpad: scratchpadArea(arch) } : {}),
    }));
  const tiles = fabric.tiles.length;
  return [
    ...units,
    { name: 'switches', number: tiles, each: Math.round(sum((kind) => switchArea(arch, kind)) / tiles) },
    {
      name: 'configuration held by tiles',
      number: tiles,
      each: Math.round((HELD_BIT * sum((kind) => widthOf(tileLayout(arch, kind)))) / tiles),
    },
    { name: 'loader, host port, memory ports', number: 1, each: 81_000 + 27_000 * arch.memory.ports + 18_500 * fabric.width },
  ];
}

const UNIT_NAMES: Record<TileKind, string> = {
  pcu: 'compute units',
  pmu: 'memory units',
  ag: 'address generators',
  host: 'host',
  empty: '',
};

/** A unit with its FIFOs and its copy of the configuration, without its switch. */
export function unitArea(arch: Arch, kind: TileKind): number {
  const own = { pcu: computeArea, pmu: memoryArea, ag: generatorArea, host: hostArea, empty: () => 0 }[kind](arch);
  return Math.round(own + portFifos(arch, kind) + FLIP_FLOP * widthOf(unitLayout(arch, kind)));
}

function computeArea(arch: Arch): number {
  const { lanes, stages, registers, counters, ring, float } = arch.pcu;
  const { simple, multiply, float: floating } = arch.latency;
  const positions = Math.max(simple, multiply, float ? floating : 1);
  const units = lanes * stages + (ring > 1 ? 1 : 0);
  const bits = 32 * lanes * stages;
  const kept = FLIP_FLOP * positions * (registers + 1) + SMALL_BIT * ring;
  const selection = SELECTION.register * registers + SELECTION.stage;
  // What feeds the first stage; the tree, the compactor and what picks for the outputs; the combiner, tokens and events.
  const around = 64 * 32 * lanes * registers + 20_500 * lanes + 50_000;
  const steering = chain(counters, lanes) + affine(counters, 32);
  return units * (float ? FUNCTIONAL_UNIT.float : FUNCTIONAL_UNIT.integer) + bits * (kept + selection) + around + steering;
}

function memoryArea(arch: Arch): number {
  const { lanes } = arch.pcu;
  const { counters, writeContexts, readContexts, tokens } = arch.pmu;
  const contexts = (writeContexts + readContexts) * (chain(counters, lanes) + affine(counters, 24) + 6_200);
  // The crossbars of the banks, the addresses of the lanes of both ports, tokens.
  return scratchpadArea(arch) + contexts + 670 * lanes * lanes + 5_800 * lanes + 7_000 + 1_300 * tokens;
}

const scratchpadArea = ({ pcu, pmu }: Arch): number => SCRATCHPAD_BIT * 32 * pcu.lanes * pmu.bankWords;

function generatorArea(arch: Arch): number {
  const { lanes } = arch.pcu;
  const { counters, responseBeats, writeBeats, commands } = arch.ag;
  const queues = fifo(responseBeats, 513) + fifo(writeBeats, 577) + 2 * fifo(commands, 48);
  // Cutting beats into vectors and packing vectors into beats turn 16 words by any distance.
  const turning = 80_000 + 4_400 * lanes;
  return queues + turning + chain(counters, 1) + 3 * affine(counters, 32) + 16_000;
}

const hostArea = ({ host }: Arch): number => 900 * host.args + 2_400 * host.results + 600 * host.tokens;

/** The FIFOs at the ports of a unit; the host sends single words, which its registers hold. */
function portFifos(arch: Arch, kind: TileKind): number {
  const ports = portsOf(arch, kind);
  const of = (net: 'vector' | 'scalar') => {
    const width = payloadBits(arch, net);
    const out = kind === 'host' ? 0 : ports[net].out;
    return ports[net].in * fifo(arch.fifo[net], width) + out * fifo(arch.fifo.output, width);
  };
  return of('vector') + of('scalar');
}

/** A switch beside a unit of a kind. */
export function switchArea(arch: Arch, kind: TileKind): number {
  const ports = portsOf(arch, kind);
  const of = (net: NetClass) => {
    const links = 4 * tracksOf(arch, net);
    const width = payloadBits(arch, net);
    const link = SWITCH.control + width * (SWITCH.link + SWITCH.linkChoice * (3 + ports[net].out));
    const input = SWITCH.control + width * SWITCH.inputChoice * (links - 1);
    return links * link + ports[net].in * input;
  };
  return Math.round(NET_CLASSES.reduce((sum, net) => sum + of(net), 0));
}
