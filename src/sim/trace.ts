/**
 * The trace: what moves on every stream of a fabric, cycle by cycle, so that two runs of the same bits can be laid side by
 * side. The golden machine keeps the events of its current cycle; the harness around the RTL writes the same events
 * (`cosim/probes.ts`). It reports; whoever compares judges.
 */
import { type NetClass, payloadBits } from '../fabric/ports.ts';
import type { Fifo } from './fifo.ts';
import type { Memory } from './ports.ts';
import type { Arch, UnitPorts } from './unit.ts';

/**
 * What an event may be, in the order in which things follow from each other within a cycle: what the memory shows and what
 * units and switches hold in registers; then what is done with it. So the first difference is the one that caused the others.
 */
export const EVENT_KINDS = [
  'memory read data',
  'memory response',
  'vector output',
  'scalar output',
  'token output',
  'read address',
  'write address',
  'write data',
  'vector link',
  'scalar link',
  'token link',
  'port read address',
  'port write address',
  'port write data',
  'issue',
  'vector input',
  'scalar input',
  'token input',
  'vector output taken',
  'scalar output taken',
  'token output taken',
  'vector link taken',
  'scalar link taken',
  'token link taken',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** The number of a kind, as the harness writes it; -1 where there is none. */
export const kindNumber = (kind: EventKind): number => EVENT_KINDS.indexOf(kind);

/**
 * One event of a cycle. An output, an offer to the memory and a link tell of every new head once; a port of the memory of
 * every handshake; an input of every entry it takes; `taken` of a head that leaves for good; `issue` in a PMU of the contexts that issue, elsewhere of the cycle after one.
 */
export interface TraceEvent {
  /** 256 y + x of the tile; the number of the memory port where the kind says so. */
  readonly place: number;
  readonly kind: number;
  /** Number of the output, input or link (4 sides * tracks, as in HARDWARE.md); `issue` and memory: 0. */
  readonly port: number;
  /**
   * Unsigned words. Vector: lanes, then mask and last packed; scalar: word, last; token: none; addresses: low, high, beats
   * less one (at a port the id too); data: 16 words, strobes a bit a word, last; read data: 16 words, id, last.
   */
  readonly words: readonly number[];
}

/** Place of a tile in events. */
export const placeOf = ({ x, y }: { readonly x: number; readonly y: number }): number => y * 256 + x;

/** Events of a cycle in the one order that both sides agree on. */
export function inOrder(events: readonly TraceEvent[]): TraceEvent[] {
  return [...events].sort(compareEvents);
}

/** By kind, place, port. */
export const compareEvents = (a: TraceEvent, b: TraceEvent): number => a.kind - b.kind || a.place - b.place || a.port - b.port;

export interface TraceDifference {
  /** What one side has and the other has not, or has with other words. */
  readonly golden: TraceEvent | undefined;
  readonly rtl: TraceEvent | undefined;
}

/** The first event in which the same cycle of two runs differs. */
export function differenceOf(golden: readonly TraceEvent[], rtl: readonly TraceEvent[]): TraceDifference | undefined {
  const [left, right] = [inOrder(golden), inOrder(rtl)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [a, b] = [left.at(i), right.at(i)];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareEvents(a, b);
    if (order < 0) return { golden: a, rtl: undefined };
    if (order > 0) return { golden: undefined, rtl: b };
    if (a?.words.some((word, w) => word !== b?.words[w])) return { golden: a, rtl: b };
  }
  return undefined;
}

/** What the tracer sees of a unit, and of an address generator beyond that. */
export interface TracedUnit {
  readonly kind: string;
  readonly issued: number;
  readonly inputs: UnitPorts;
  readonly outputs: UnitPorts;
}
export interface TracedGenerator extends TracedUnit {
  readonly readAddresses: Fifo;
  readonly writeAddresses: Fifo;
  readonly writeBeats: Fifo;
  readonly offersWrite: boolean;
}
export interface TracedLink {
  readonly net: NetClass;
  readonly tile: number;
  readonly index: number;
  readonly fifo: Fifo;
}

type Words = (fifo: Fifo, slot: number) => readonly number[];

/** A queue whose heads (or entries) are told. */
interface Point {
  readonly place: number;
  readonly kind: number;
  readonly port: number;
  readonly fifo: Fifo;
  readonly words: Words;
  /** The kind that tells of a head that leaves; below 0: none. */
  readonly taken: number;
  /** The head there is offered (by registers). */
  readonly offered: () => boolean;
  /** The head was there in the cycle before and stayed. */
  held: boolean;
}

const NETS: readonly (readonly [NetClass, string])[] = [
  ['vector', 'vector'],
  ['scalar', 'scalar'],
  ['control', 'token'],
];

/** Collects the events of each cycle of a machine: `begin`, the machine's step with `memory`, `look`, the clock edge. */
export class Tracer {
  /** Events of the cycle, in no order. */
  events: TraceEvent[] = [];
  readonly #heads: Point[] = [];
  readonly #entries: Point[] = [];
  readonly #units: { readonly place: number; readonly unit: TracedUnit; before: number }[] = [];
  readonly #arch: Arch;

  constructor(
    arch: Arch,
    tiles: readonly { readonly x: number; readonly y: number }[],
    units: ReadonlyMap<number, TracedUnit>,
    links: readonly TracedLink[],
  ) {
    this.#arch = arch;
    for (const [tile, unit] of units) this.#add(placeOf(tiles[tile]), unit);
    for (const { net, tile, index, fifo } of links) {
      const name = net === 'control' ? 'token' : net;
      this.#heads.push(this.#point(placeOf(tiles[tile]), `${name} link` as EventKind, index, fifo, this.#payload(net)));
    }
  }

  begin(): void {
    this.events = [];
  }

  /** After everything was stepped and before the clock edge. */
  look(): void {
    for (const point of this.#heads) {
      const offered = point.offered();
      if (offered && !point.held) this.#tell(point, point.fifo.head);
      point.held = offered && point.fifo.pops === 0;
      if (offered && !point.held && point.taken >= 0)
        this.events.push({ place: point.place, kind: point.taken, port: point.port, words: [] });
    }
    for (const point of this.#entries) if (point.fifo.pushes > 0) this.#tell(point, point.fifo.tail);
    for (const entry of this.#units) {
      // A PMU shows what it does in the cycle itself, the others in the next one.
      const now = entry.unit.issued;
      const shown = entry.unit.kind === 'pmu' ? Number(now !== 0) : Number(entry.before !== 0);
      entry.before = now;
      if (shown) this.events.push({ place: entry.place, kind: kindNumber('issue'), port: 0, words: [] });
    }
  }

  /** The memory, with every handshake told. */
  memory(inner: Memory): Memory {
    const tell = (place: number, kind: EventKind, words: readonly number[]) =>
      this.events.push({ place, kind: kindNumber(kind), port: 0, words });
    const address = (port: number, kind: EventKind, { id, address: at, beats }: { id: number; address: number; beats: number }) =>
      tell(port, kind, [at >>> 0, Math.floor(at / 2 ** 32), beats - 1, id]);
    return {
      arReady: (port) => inner.arReady(port),
      awReady: (port) => inner.awReady(port),
      wReady: (port) => inner.wReady(port),
      ar: (port, request) => {
        address(port, 'port read address', request);
        inner.ar(port, request);
      },
      aw: (port, request) => {
        address(port, 'port write address', request);
        inner.aw(port, request);
      },
      w: (port, beat) => {
        tell(port, 'port write data', [...beat.data, beat.strobe & 0xffff, Number(beat.last)]);
        inner.w(port, beat);
      },
      rHead: (port) => {
        const head = inner.rHead(port);
        if (head) tell(port, 'memory read data', [...head.data, head.id, Number(head.last)]);
        return head;
      },
      bHead: (port) => {
        const head = inner.bHead(port);
        if (head) tell(port, 'memory response', [head.id]);
        return head;
      },
      tick: () => inner.tick(),
      idle: () => inner.idle(),
    };
  }

  #add(place: number, unit: TracedUnit): void {
    for (const [net, name] of NETS) {
      const words = this.#payload(net);
      unit.outputs[net].forEach((fifo, port) => {
        this.#heads.push(this.#point(place, `${name} output` as EventKind, port, fifo, words));
      });
      unit.inputs[net].forEach((fifo, port) => {
        this.#entries.push(this.#point(place, `${name} input` as EventKind, port, fifo, words));
      });
    }
    if (unit.kind !== 'host') this.#units.push({ place, unit, before: 0 });
    if (unit.kind !== 'ag') return;
    const ag = unit as TracedGenerator;
    const { addressBits } = this.#arch.memory;
    const address: Words = (fifo, slot) => {
      const at = ((fifo.words[slot * fifo.width] >>> 0) * 64) % 2 ** addressBits;
      return [at >>> 0, Math.floor(at / 2 ** 32), fifo.words[slot * fifo.width + 1] - 1];
    };
    this.#heads.push(
      this.#point(place, 'read address', 0, ag.readAddresses, address),
      this.#point(place, 'write address', 0, ag.writeAddresses, address, () => ag.offersWrite),
      this.#point(place, 'write data', 0, ag.writeBeats, (fifo, slot) => [...unsigned(fifo, slot), fifo.masks[slot] & 0xffff]),
    );
  }

  #point(place: number, kind: EventKind, port: number, fifo: Fifo, words: Words, offered = () => fifo.valid): Point {
    const taken = kindNumber(`${kind} taken` as EventKind);
    return { place, kind: kindNumber(kind), port, fifo, words, taken, offered, held: false };
  }

  #tell({ place, kind, port, fifo, words }: Point, slot: number): void {
    this.events.push({ place, kind, port, words: words(fifo, slot) });
  }

  #payload(net: NetClass): Words {
    const { lanes } = this.#arch.pcu;
    const length = Math.ceil(payloadBits(this.#arch, net) / 32);
    if (length === 0) return () => [];
    if (net === 'scalar') return (fifo, slot) => [...unsigned(fifo, slot), fifo.lasts[slot]];
    return (fifo, slot) => {
      const mask = fifo.masks[slot] >>> 0;
      const last = fifo.lasts[slot];
      return [...unsigned(fifo, slot), ...(lanes === 32 ? [mask, last] : [((mask % 2 ** lanes) + last * 2 ** lanes) >>> 0])];
    };
  }
}

/** The words of a slot. */
const unsigned = ({ words, width }: Fifo, slot: number): number[] =>
  Array.from(words.subarray(slot * width, (slot + 1) * width), (word) => word >>> 0);
