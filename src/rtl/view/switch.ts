/**
 * The views of the switch beside a unit: one module a network and kind of tile, and the module that
 * holds the three. Which stream a select value means is the rule of `Fabric` (`fabric/graph.ts`),
 * written here for a tile with all four neighbours; a test holds the two together.
 */
import type { Arch } from '../../arch/schema.ts';
import { leavesOf, widthOf } from '../../base/bitstruct.ts';
import { switchLayout } from '../../fabric/config.ts';
import { SIDES } from '../../fabric/graph.ts';
import { NET_CLASSES, type NetClass, payloadBits, portsOf, type TileKind, tracksOf } from '../../fabric/ports.ts';

/** A stream head that arrives at a switch. */
export type SwitchSource =
  | { readonly from: 'link'; readonly side: number; readonly track: number }
  | { readonly from: 'unit'; readonly port: number };

/** One selectable input of a multiplexer. */
export interface SwitchChoice {
  readonly select: number;
  readonly source: SwitchSource;
}

/** The multiplexers of one network: links in order side * tracks + track, then the unit's input ports. */
export interface SwitchRouting {
  readonly links: readonly (readonly SwitchChoice[])[];
  readonly units: readonly (readonly SwitchChoice[])[];
}

/** Which stream each select value of each multiplexer means, for a tile with all its neighbours. */
export function switchRouting(arch: Arch, kind: TileKind, net: NetClass): SwitchRouting {
  const tracks = tracksOf(arch, net);
  const ports = portsOf(arch, kind)[net];
  const link = (side: number, track: number): SwitchSource => ({ from: 'link', side: side % 4, track: (track + tracks) % tracks });
  const arriving = Array.from({ length: 4 * tracks }, (_, i) => link(Math.floor(i / tracks), i % tracks));
  return {
    links: arriving.map((_, index) => {
      const side = Math.floor(index / tracks);
      const track = index % tracks;
      const through = [link(side + 2, track), link(side + 1, track + 1), link(side + 3, track - 1)];
      const own = Array.from({ length: ports.out }, (_, port): SwitchSource => ({ from: 'unit', port }));
      return [...through, ...own].map((source, i) => ({ select: 1 + i, source }));
    }),
    units: Array.from({ length: ports.in }, () => arriving.map((source, i) => ({ select: 1 + i, source }))),
  };
}

/** A multiplexer input as a template prints it. */
export interface ChoiceView {
  /** Sized literal of the select value. */
  readonly select: string;
  /** The source's payload. */
  readonly data: string;
}

/** A selected output. */
export interface SinkView {
  /** Stem of its nets: `link3` or `unit0`. */
  readonly name: string;
  /** For people: `north, track 3`. */
  readonly doc: string;
  /** Index among the links, or among the unit's input ports. */
  readonly index: number;
  /** Its select field in `cfg_i`. */
  readonly select: { readonly msb: number; readonly lsb: number; readonly width: number };
  readonly choices: readonly ChoiceView[];
}

/** A stream head. */
export interface SourceView {
  /** Stem of its nets: `s0`, `s1`, ... */
  readonly name: string;
  readonly doc: string;
  /** Its valid bit. */
  readonly valid: string;
  /** One term a sink that can select it: the condition, and that sink's bit. */
  readonly selected: readonly { readonly when: string; readonly bit: string }[];
}

/** View of `network/switch_net.sv.njk`: one network of one kind of switch. */
export interface SwitchNetView {
  readonly banner: string;
  readonly module: string;
  readonly kind: TileKind;
  readonly net: NetClass;
  readonly sources: readonly SourceView[];
  readonly links: readonly SinkView[];
  readonly units: readonly SinkView[];
  readonly data: boolean;
  readonly unitIn: boolean;
  readonly unitOut: boolean;
  /** Output ports of the unit. */
  readonly unitOutputs: readonly number[];
  /** Counts, and declared ranges `[n:0]`. */
  readonly count: { readonly sources: number; readonly sinks: number; readonly links: number };
  readonly range: {
    readonly cfg: string;
    readonly links: string;
    readonly unitIn: string;
    readonly unitOut: string;
    readonly sources: string;
    readonly sinks: string;
    readonly payload: string;
  };
  /** Column of port names. */
  readonly pad: number;
}

/** One network inside `network/switch.sv.njk`. */
export interface SwitchPartView {
  readonly module: string;
  readonly net: NetClass;
  /** First letter of the network, which its ports begin with. */
  readonly letter: string;
  readonly data: boolean;
  readonly unitIn: boolean;
  readonly unitOut: boolean;
  /** Indices of links and of the unit's ports. */
  readonly links: readonly number[];
  readonly unitInputs: readonly number[];
  readonly unitOutputs: readonly number[];
  readonly range: SwitchNetView['range'];
  readonly cfg: string;
}

/** View of `network/switch.sv.njk`. */
export interface SwitchView {
  readonly banner: string;
  readonly module: string;
  readonly kind: TileKind;
  readonly cfgRange: string;
  readonly nets: readonly SwitchPartView[];
  readonly pad: number;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const range = (width: number): string => (width > 0 ? `[${width - 1}:0]` : '');

/** The view of one network of the switch beside a unit of `kind`. */
export function switchNetView(arch: Arch, kind: TileKind, net: NetClass, banner = 'an architecture'): SwitchNetView {
  const tracks = tracksOf(arch, net);
  const ports = portsOf(arch, kind)[net];
  const payload = payloadBits(arch, net);
  const routing = switchRouting(arch, kind, net);
  const layout = switchLayout(arch, kind).fields[net];
  const leaves = new Map(leavesOf(layout).map((leaf) => [leaf.path, leaf]));
  const numSources = 4 * tracks + ports.out;
  const sourceIndex = (s: SwitchSource) => (s.from === 'link' ? s.side * tracks + s.track : 4 * tracks + s.port);
  const sourceData = (s: SwitchSource) => (s.from === 'link' ? `link_in_data${s.side * tracks + s.track}_i` : `unit_out_data${s.port}_i`);
  const numSinks = 4 * tracks + ports.in;
  const selectedBy = Array.from({ length: numSources }, (): { when: string; bit: string }[] => []);
  const sink = (group: 'link' | 'unit', doc: string, choices: readonly SwitchChoice[], index: number): SinkView => {
    const leaf = leaves.get(`${group}[${index}]`)!;
    const name = `${group}${index}`;
    const bit = `${numSinks}'h${(1n << BigInt(group === 'link' ? index : 4 * tracks + index)).toString(16)}`;
    for (const { select, source } of choices)
      selectedBy[sourceIndex(source)].push({ when: `sel_${name} == ${leaf.width}'d${select}`, bit });
    return {
      name,
      doc,
      index,
      select: { msb: leaf.lsb + leaf.width - 1, lsb: leaf.lsb, width: leaf.width },
      choices: choices.map(({ select, source }) => ({ select: `${leaf.width}'d${select}`, data: sourceData(source) })),
    };
  };
  const place = (index: number) => `${SIDES[Math.floor(index / tracks)]}, track ${index % tracks}`;
  const links = routing.links.map((choices, i) => sink('link', place(i), choices, i));
  const units = routing.units.map((choices, i) => sink('unit', `input ${i} of the unit`, choices, i));
  const ranges = {
    cfg: range(widthOf(layout)),
    links: range(4 * tracks),
    unitIn: range(ports.in),
    unitOut: range(ports.out),
    sources: range(numSources),
    sinks: range(numSinks),
    payload: range(payload),
  };
  return {
    banner,
    module: `kiln_switch_${kind}_${net}`,
    kind,
    net,
    sources: selectedBy.map((selected, i) => ({
      name: `s${i}`,
      doc: i < 4 * tracks ? place(i) : `output ${i - 4 * tracks} of the unit`,
      valid: i < 4 * tracks ? `link_in_valid_i[${i}]` : `unit_out_valid_i[${i - 4 * tracks}]`,
      selected,
    })),
    links,
    units,
    data: payload > 0,
    unitIn: ports.in > 0,
    unitOut: ports.out > 0,
    unitOutputs: upTo(ports.out),
    count: { sources: numSources, sinks: numSinks, links: links.length },
    range: ranges,
    pad: Math.max(...Object.values(ranges).map((text) => text.length)),
  };
}

/** The view of the whole switch beside a unit of `kind`. */
export function switchView(arch: Arch, kind: TileKind, banner = 'an architecture'): SwitchView {
  const layout = switchLayout(arch, kind);
  let lsb = 0;
  const nets = NET_CLASSES.map((net): SwitchPartView => {
    const { module, data, unitIn, unitOut, range: ranges } = switchNetView(arch, kind, net);
    const ports = portsOf(arch, kind)[net];
    const indices = { links: upTo(4 * tracksOf(arch, net)), unitInputs: upTo(ports.in), unitOutputs: upTo(ports.out) };
    const width = widthOf(layout.fields[net]);
    const cfg = `cfg_i[${lsb + width - 1}:${lsb}]`;
    lsb += width;
    return { module, net, letter: net.charAt(0), data, unitIn, unitOut, ...indices, range: ranges, cfg };
  });
  const cfgRange = range(widthOf(layout));
  return {
    banner,
    module: `kiln_switch_${kind}`,
    kind,
    cfgRange,
    nets,
    pad: Math.max(cfgRange.length, ...nets.flatMap((part) => Object.values(part.range).map((text) => text.length))),
  };
}

/** The templates that make up the switch beside a unit of `kind`, and the module (and file) each prints. */
export function switchTemplates(
  arch: Arch,
  kind: TileKind,
  banner = 'an architecture',
): readonly { module: string; template: string; view: object }[] {
  const nets = NET_CLASSES.map((net) => switchNetView(arch, kind, net, banner));
  const whole = switchView(arch, kind, banner);
  return [
    { module: whole.module, template: 'network/switch.sv.njk', view: whole },
    ...nets.map((view) => ({ module: view.module, template: 'network/switch_net.sv.njk', view })),
  ];
}
