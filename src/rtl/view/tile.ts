/** The views of the tiles: a unit, its switch and its configuration ring, without parameters. */
import type { Arch } from '../../arch/schema.ts';
import { widthOf, wordsOf } from '../../base/bitstruct.ts';
import { switchLayout, tileLayout, unitLayout } from '../../fabric/config.ts';
import { NET_CLASSES, payloadBits, portsOf, type TileKind, tracksOf } from '../../fabric/ports.ts';

/** A port that a tile passes on to its unit. */
export interface PassedPort {
  readonly direction: 'input' | 'output';
  readonly range: string;
  readonly name: string;
}

/** One network of a tile. */
export interface TileNetView {
  readonly letter: string;
  readonly data: boolean;
  readonly links: readonly number[];
  /** Ports of the unit. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly range: { readonly links: string; readonly payload: string; readonly inputs: string; readonly outputs: string };
  /** Flat payloads of the unit's ports. */
  readonly flat: { readonly inputs: string; readonly outputs: string };
  /** Slices of the flat payloads of the unit's outputs. */
  readonly slices: readonly string[];
}

/** View of `unit/tile.sv.njk`. */
export interface TileView {
  readonly banner: string;
  readonly module: string;
  readonly kind: TileKind;
  /** The module of the unit; an empty tile has none. */
  readonly unit: string;
  readonly hasUnit: boolean;
  /** Words of the configuration, bits of it that nobody reads, and where unit and switch find theirs. */
  readonly words: number;
  readonly ringMsb: number;
  readonly spare: string;
  readonly unitCfg: string;
  readonly switchCfg: string;
  readonly nets: readonly TileNetView[];
  readonly passed: readonly PassedPort[];
  /** The unit says by itself, one cycle late, that it moved. */
  readonly activeRegistered: boolean;
  /** The unit says in the same cycle that it moves. */
  readonly activeNow: boolean;
  readonly pad: number;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const range = (width: number): string => (width > 1 ? `[${width - 1}:0]` : '');
const span = (msb: number, lsb: number): string => `[${msb}:${lsb}]`;

/** The view of a tile of `kind`. */
export function tileView(arch: Arch, kind: TileKind, banner = 'an architecture'): TileView {
  const ports = portsOf(arch, kind);
  const unitBits = widthOf(unitLayout(arch, kind));
  const switchBits = widthOf(switchLayout(arch, kind));
  const words = wordsOf(tileLayout(arch, kind));
  const nets = NET_CLASSES.map((net): TileNetView => {
    const payload = payloadBits(arch, net);
    const { in: inputs, out: outputs } = ports[net];
    return {
      letter: net.charAt(0),
      data: payload > 0,
      links: upTo(4 * tracksOf(arch, net)),
      inputs: upTo(inputs),
      outputs: upTo(outputs),
      range: { links: range(4 * tracksOf(arch, net)), payload: range(payload), inputs: range(inputs), outputs: range(outputs) },
      flat: { inputs: range(inputs * payload), outputs: range(outputs * payload) },
      slices: upTo(outputs).map((i) => span((i + 1) * payload - 1, i * payload)),
    };
  });
  const passed = passedPorts(arch, kind);
  const used = unitBits + switchBits;
  return {
    banner,
    module: `kiln_tile_${kind}`,
    kind,
    unit: `kiln_${kind}`,
    hasUnit: kind !== 'empty',
    words,
    ringMsb: 32 * words - 1,
    spare: used < 32 * words ? span(32 * words - 1, used) : '',
    unitCfg: span(unitBits - 1, 0),
    switchCfg: span(used - 1, unitBits),
    nets,
    passed,
    activeRegistered: kind === 'ag' || kind === 'pcu',
    activeNow: kind === 'pmu',
    pad: Math.max(
      ...[...passed, ...nets.flatMap(({ range: r }) => Object.values(r).map((text) => ({ range: text })))].map((p) => p.range.length),
      6,
    ),
  };
}

/** What a tile's unit exchanges with the world beside the fabric. */
function passedPorts(arch: Arch, kind: TileKind): PassedPort[] {
  const input = (name: string, width = 1): PassedPort => ({ direction: 'input', range: range(width), name });
  const output = (name: string, width = 1): PassedPort => ({ direction: 'output', range: range(width), name });
  const { addressBits } = arch.memory;
  if (kind === 'ag') {
    return [
      output('ar_valid_o'),
      output('ar_addr_o', addressBits),
      output('ar_len_o', 8),
      input('ar_ready_i'),
      input('r_valid_i'),
      input('r_data_i', 512),
      output('aw_valid_o'),
      output('aw_addr_o', addressBits),
      output('aw_len_o', 8),
      input('aw_ready_i'),
      output('w_valid_o'),
      output('w_data_o', 512),
      output('w_strb_o', 64),
      input('w_ready_i'),
      input('b_valid_i'),
    ];
  }
  if (kind === 'host') return [input('args_i', 32 * arch.host.args), output('results_o', 32 * arch.host.results), output('ok_o')];
  return [];
}

/** The template that makes up a tile of `kind`, and the module (and file) it prints. */
export function tileTemplates(
  arch: Arch,
  kind: TileKind,
  banner = 'an architecture',
): readonly { module: string; template: string; view: object }[] {
  const view = tileView(arch, kind, banner);
  return [{ module: view.module, template: 'unit/tile.sv.njk', view }];
}
