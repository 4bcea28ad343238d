/**
 * A watched simulation: modules bound into the tiles tell the harness what moves on every stream in every cycle, and the
 * harness writes it down for a comparison with the golden machine. Ordinary builds know nothing of this.
 */
import { type Fabric, SIDES } from '../fabric/graph.ts';
import { NET_CLASSES, type NetClass, payloadBits, portsOf, type TileKind, tracksOf } from '../fabric/ports.ts';
import { renderTemplate } from '../rtl/env.ts';
import { type EventKind, kindNumber, type TraceEvent } from '../sim/trace.ts';

/** Words of the payload of one event at most: 512 bits of data and their strobes. */
const BEAT_BITS = 512 + 16;

/** One file a kind of tile that the fabric has: name of the tile's module, and text. */
export function probeFiles(fabric: Fabric): { readonly tile: string; readonly path: string; readonly text: string }[] {
  const kinds = [...new Set(fabric.tiles.map(({ kind }) => kind))].sort();
  return kinds.map((kind) => {
    const view = probeView(fabric, kind);
    return { tile: view.tile, path: `probe/${view.module}.sv`, text: renderTemplate('tb/probe.sv.njk', view) };
  });
}

/** Events by cycle, as the harness wrote them. */
export class WatchedRun {
  readonly #words: Uint32Array;
  #at = 0;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** The events of `cycle`; cycles must be asked for in order. */
  eventsOf(cycle: number): TraceEvent[] {
    const words = this.#words;
    const events: TraceEvent[] = [];
    while (this.#at < words.length && words[this.#at] <= cycle) {
      const [at, place, stream, length] = words.subarray(this.#at, this.#at + 4);
      this.#at += 4 + length;
      if (at === cycle)
        events.push({ place, kind: stream >>> 8, port: stream & 255, words: [...words.subarray(this.#at - length, this.#at)] });
    }
    return events;
  }
}

interface ProbePort {
  readonly index: number;
  readonly bits: number;
  readonly range: string;
  /** Its bit of valid and ready; nothing where there is one port. */
  readonly bit: string;
  /** Where its payload is in the tile. */
  readonly data: string;
  readonly stream: number;
  /** The event that its head leaves; below 0: none. */
  readonly taken: number;
  readonly words: number;
  /** The payload as wide as the harness takes it. */
  readonly value: string;
}

const range = (width: number): string => (width > 1 ? `[${width - 1}:0]` : '');
/** Kind and port in one number, as `WatchedRun` takes it apart. */
const streamOf = (kind: EventKind, port: number): number => kindNumber(kind) * 256 + port;

function probeView({ arch }: Fabric, kind: TileKind) {
  const width = Math.max(BEAT_BITS, ...NET_CLASSES.map((net) => payloadBits(arch, net)));
  const widened = (bits: number, text: string) => (bits === 0 ? "'0" : bits === width ? text : `{${width - bits}'d0, ${text}}`);
  const port = (name: string, event: EventKind, count: number, index: number, bits: number, data: string): ProbePort => ({
    index,
    bits,
    range: range(bits),
    bit: count > 1 ? `[${index}]` : '',
    data,
    stream: streamOf(event, index),
    taken: streamOf(`${event} taken` as EventKind, index),
    words: Math.ceil(bits / 32),
    value: widened(bits, `${name}_data${index}`),
  });
  const group = (net: NetClass, what: 'output' | 'link' | 'input', count: number) => {
    const letter = net.charAt(0);
    const bits = payloadBits(arch, net);
    const event = `${net === 'control' ? 'token' : net} ${what}` as EventKind;
    const name = { output: `${letter}out`, link: `${letter}link`, input: `${letter}in` }[what];
    const data = (i: number) =>
      ({
        output: `${letter}out_data[${(i + 1) * bits - 1}:${i * bits}]`,
        link: `${letter}link_out_data${i}_o`,
        input: `${letter}in_data${i}`,
      })[what];
    const ports = Array.from({ length: count }, (_, i) => port(name, event, count, i, bits, data(i)));
    const [valid, ready] =
      what === 'link' ? [`${letter}link_out_valid_o`, `${letter}link_out_ready_i`] : [`${name}_valid`, `${name}_ready`];
    return { name, range: range(count), held: what !== 'input', valid, ready, ports };
  };
  const counts = portsOf(arch, kind);
  const streams = NET_CLASSES.flatMap((net) => [
    group(net, 'output', counts[net].out),
    group(net, 'link', SIDES.length * tracksOf(arch, net)),
    group(net, 'input', counts[net].in),
  ]).filter(({ ports }) => ports.length > 0);
  const offer = (name: string, event: EventKind, bits: number, data: string) => ({
    name,
    range: '',
    held: true,
    valid: `${name}_valid_o`,
    ready: `${name}_ready_i`,
    ports: [port(name, event, 1, 0, bits, data)],
  });
  if (kind === 'ag') {
    // Addresses as two words, then the beats; strobes of words instead of bytes.
    const { addressBits } = arch.memory;
    const address = (name: string) => `{24'd0, ${name}_len_o, ${64 - addressBits}'d0, ${name}_addr_o}`;
    const strobes = Array.from({ length: 16 }, (_, i) => `w_strb_o[${4 * (15 - i)}]`).join(', ');
    streams.push(
      offer('ar', 'read address', 96, address('ar')),
      offer('aw', 'write address', 96, address('aw')),
      offer('w', 'write data', BEAT_BITS, `{${strobes}, w_data_o}`),
    );
  }
  const active = kind === 'pcu' || kind === 'pmu' || kind === 'ag' ? 'unit_active' : "1'b0";
  const module = `kiln_probe_${kind}`;
  return { kind, module, tile: `kiln_tile_${kind}`, streams, msb: width - 1, issue: streamOf('issue', 0), active };
}
