/**
 * The trace: one record a cycle and tile in which something happened, to find the first cycle and
 * unit in which two runs differ. It reports; a checker judges.
 *
 * As text, a line a record: cycle, tile, events, payload; the last two as eight hexadecimal digits.
 * Events: bits 0..7 contexts that issued (PMU: write contexts first); 8..15 vector outputs, 16..23
 * scalar outputs, 24..31 token outputs pushed (port numbers from 8 on share the highest bit).
 * Payload: FNV-1a over the words of everything pushed, in the order of the bits: a vector's lane
 * words, mask and last, a scalar's word and last.
 */
export interface TraceRecord {
  readonly cycle: number;
  readonly tile: number;
  readonly events: number;
  readonly payload: number;
}

/** An output of a unit as the tracer sees it. */
export interface TracedPort {
  readonly width: number;
  readonly words: Int32Array;
  readonly masks: Int32Array;
  readonly lasts: Uint8Array;
  readonly tail: number;
  readonly pushes: number;
}
export interface TracedUnit {
  readonly issued: number;
  readonly outputs: {
    readonly vector: readonly TracedPort[];
    readonly scalar: readonly TracedPort[];
    readonly control: readonly TracedPort[];
  };
}

export class Tracer {
  readonly records: TraceRecord[] = [];

  /** `limit`: records kept at most. */
  constructor(private readonly limit = 1_000_000) {}

  /** Looks at a unit after it was stepped and before the clock edge. */
  look(cycle: number, tile: number, unit: TracedUnit): void {
    if (this.records.length >= this.limit) return;
    let events = unit.issued & 0xff;
    let payload = 0x811c9dc5;
    const add = (ports: readonly TracedPort[], base: number) => {
      for (let p = 0; p < ports.length; p++) {
        if (ports[p].pushes === 0) continue;
        events |= 1 << (base + Math.min(p, 7));
        payload = hashEntry(payload, ports[p]);
      }
    };
    add(unit.outputs.vector, 8);
    add(unit.outputs.scalar, 16);
    add(unit.outputs.control, 24);
    if (events !== 0) this.records.push({ cycle, tile, events: events >>> 0, payload: payload >>> 0 });
  }
}

function hashEntry(hash: number, port: TracedPort): number {
  const { width, words, tail } = port;
  if (width === 0) return hash;
  for (let i = 0; i < width; i++) hash = hashWord(hash, words[tail * width + i]);
  if (width > 1) hash = hashWord(hash, port.masks[tail]);
  return hashWord(hash, port.lasts[tail]);
}

const hashWord = (hash: number, word: number): number => Math.imul(hash ^ word, 0x01000193);

const hex = (word: number): string => word.toString(16).padStart(8, '0');

/** A line a record. */
export function printTrace(records: readonly TraceRecord[]): string {
  return records.map(({ cycle, tile, events, payload }) => `${cycle} ${tile} ${hex(events)} ${hex(payload)}\n`).join('');
}

/** Reads what `printTrace` wrote. */
export function parseTrace(text: string): TraceRecord[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [cycle, tile, events, payload] = line.split(' ');
      return { cycle: Number(cycle), tile: Number(tile), events: Number.parseInt(events, 16), payload: Number.parseInt(payload, 16) };
    });
}

export interface TraceDifference {
  readonly cycle: number;
  readonly tile: number;
  readonly left: TraceRecord | undefined;
  readonly right: TraceRecord | undefined;
}

/** The first cycle, and in it the lowest tile, in which two traces differ. Records are in order of cycle. */
export function firstDifference(left: readonly TraceRecord[], right: readonly TraceRecord[]): TraceDifference | undefined {
  const sorted = (records: readonly TraceRecord[]) => [...records].sort((a, b) => a.cycle - b.cycle || a.tile - b.tile);
  const a = sorted(left);
  const b = sorted(right);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = a.at(i);
    const y = b.at(i);
    if (x && y && x.cycle === y.cycle && x.tile === y.tile) {
      if (x.events !== y.events || x.payload !== y.payload) return { cycle: x.cycle, tile: x.tile, left: x, right: y };
      continue;
    }
    const leftFirst = !y || (x !== undefined && (x.cycle < y.cycle || (x.cycle === y.cycle && x.tile < y.tile)));
    return leftFirst
      ? { cycle: x!.cycle, tile: x!.tile, left: x, right: undefined }
      : { cycle: y!.cycle, tile: y!.tile, left: undefined, right: y };
  }
  return undefined;
}
