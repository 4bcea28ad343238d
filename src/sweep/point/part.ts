/**
 * Where golden simulator and RTL part: both run once more, watched, and the first event that only one of them has, or has
 * with other words, tells cycle, unit and port.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import { decode } from '../../bitstream/decode.ts';
import type { KbitInterface } from '../../bitstream/format.ts';
import type { UnitName } from '../../compiler/certificate/contexts.ts';
import type { RtlBuildOptions } from '../../cosim/build.ts';
import { watchRtl } from '../../cosim/run.ts';
import type { TileConfig } from '../../fabric/config.ts';
import { type Fabric, SIDES, type Tile } from '../../fabric/graph.ts';
import { tracksOf } from '../../fabric/ports.ts';
import { Dram, type DramProfile } from '../../sim/dram.ts';
import { Machine } from '../../sim/machine.ts';
import type { NetworkMode } from '../../sim/network.ts';
import { differenceOf, EVENT_KINDS, type TraceDifference, type TraceEvent } from '../../sim/trace.ts';
import { argumentRegisters } from './image.ts';
import { runsDoNotPart, runsPart } from './messages.ts';

export interface PartOptions {
  readonly profile: DramProfile;
  readonly network: NetworkMode;
  readonly names?: ReadonlyMap<number, UnitName>;
  readonly rewrite?: RtlBuildOptions['rewrite'];
  /** Configurations of the golden run in place of those of the bitstream: for tests that plant a fault. */
  readonly configs?: ReadonlyMap<number, TileConfig>;
  /** Words of events that one run of the RTL may tell; it runs again for those after them. */
  readonly words?: number;
  readonly onProgress?: (step: string) => void;
}

/** `ends`: the cycles in which the two runs ended. What is compared runs on the routed network, whatever ran before. */
export async function whereTheyPart(
  fabric: Fabric,
  kbit: Uint8Array,
  host: KbitInterface,
  image: Uint8Array,
  args: ReadonlyMap<string, number>,
  ends: { readonly golden: number; readonly rtl: number },
  options: PartOptions,
): Promise<Diagnostic> {
  const { profile, rewrite, onProgress, words } = options;
  const { configs } = decode(fabric, kbit);
  const registers = argumentRegisters(fabric.arch, host, args);
  const dram = new Dram(profile, fabric.arch.memory.ports, image);
  const machine = new Machine(fabric, options.configs ?? configs, { args: registers, dram, trace: true });
  const last = (options.network === 'ideal' ? ends.rtl : Math.min(ends.golden, ends.rtl)) - 1;
  for (let from = 2; from <= last; ) {
    const watch = { from, ...(words ? { words } : {}) };
    const rtl = await watchRtl(fabric, kbit, { image, args: registers, dram: profile, maxCycles: last + 1, rewrite, onProgress, watch });
    for (; machine.cycle <= Math.min(rtl.told, last); ) {
      const { cycle } = machine;
      machine.step();
      if (cycle < from) continue;
      const found = differenceOf(machine.tracer?.events ?? [], rtl.events.eventsOf(cycle));
      if (found) return runsPart(cycle, placeText(fabric, found, options.names), shown(fabric, found));
    }
    if (rtl.told < from) break;
    from = rtl.told + 1;
  }
  return runsDoNotPart(last);
}

/** The unit, by coordinates and by its name in the program, and the port. */
function placeText(fabric: Fabric, { golden, rtl }: TraceDifference, names: ReadonlyMap<number, UnitName> = new Map()): string {
  const { place, kind, port } = (golden ?? rtl) as TraceEvent;
  const name = EVENT_KINDS[kind];
  if (name.startsWith('memory')) return `the memory behind port ${place}, ${name.slice('memory '.length)}`;
  if (name.startsWith('port')) return `memory port ${place}, ${name.slice('port '.length)}`;
  const tile = fabric.tileAt(place & 255, place >> 8) as Tile;
  const unitText = (unit: Tile): string => {
    const known = names.get(unit.id);
    const source = known?.source ? `, ${known.source.file}:${known.source.line}` : '';
    return `${unit.kind} (${unit.x},${unit.y})${known ? ` (\`${known.label}\`${source})` : ''}`;
  };
  const [net, what, taken] = name.split(' ');
  if (what === 'link') {
    const tracks = tracksOf(fabric.arch, net === 'token' ? 'control' : (net as 'vector'));
    const side = Math.floor(port / tracks);
    if (!taken) return `the switch of ${unitText(tile)}, ${net} link to the ${SIDES[side]}, track ${port % tracks}`;
    const next = fabric.neighbour(tile, side as 0 | 1 | 2 | 3) as Tile;
    return `the switch of ${unitText(next)}, ${net} link from the ${SIDES[(side + 2) % 4]}, track ${port % tracks}`;
  }
  if (taken) return `the switch of ${unitText(tile)}, ${net} output ${port} of the unit`;
  return `${unitText(tile)}, ${name}${what === 'output' || what === 'input' ? ` ${port}` : ''}`;
}

/** What either shows: the first words that differ, or that one of them shows nothing. */
function shown(fabric: Fabric, { golden, rtl }: TraceDifference): string[] {
  if (golden === undefined || rtl === undefined) {
    const kind = EVENT_KINDS[((golden ?? rtl) as TraceEvent).kind];
    const what = kind === 'issue' ? 'issues' : /input|taken/.test(kind) ? 'takes an entry' : 'offers an entry';
    return [golden ? `golden ${what}, the RTL does not` : `the RTL ${what}, golden does not`];
  }
  const at = golden.words.findIndex((word, i) => word !== rtl.words[i]);
  const hex = (word: number) => `0x${word.toString(16).padStart(8, '0')}`;
  return [`${wordName(fabric, golden, at)}: golden ${hex(golden.words[at])}, RTL ${hex(rtl.words[at])}`];
}

function wordName(fabric: Fabric, { kind, words }: TraceEvent, at: number): string {
  const name = EVENT_KINDS[kind];
  const { lanes } = fabric.arch.pcu;
  if (name.startsWith('vector'))
    return at < lanes ? `lane ${at}` : lanes === 32 && at === 33 ? 'last' : lanes === 32 ? 'mask' : 'mask and last';
  if (name.startsWith('scalar')) return at === 0 ? 'the word' : 'last';
  if (name.endsWith('address')) return ['the address', 'the address above 32 bits', 'beats less one', 'the stream'][at];
  if (name.endsWith('data'))
    return at < 16
      ? `word ${at} of the beat`
      : words.length > 17 && at === 17
        ? 'last'
        : name.startsWith('memory')
          ? 'the stream'
          : 'the words written';
  return 'the stream';
}
