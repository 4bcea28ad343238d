/** The views of what stands beside the tiles: column engines, loader, host port. */
import { bitsFor, wordsOf } from '../../base/bitstruct.ts';
import { tileLayout } from '../../fabric/config.ts';
import { type Fingerprint, fingerprintOf } from '../../fabric/fingerprint.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { TILE_KINDS, type TileKind } from '../../fabric/ports.ts';
import { HOST_ID, HOST_VERSION, REGISTERS, type RegisterKey } from '../../fabric/register-map.ts';

/** Columns that one memory beat of configuration serves. */
export const COLUMNS_PER_BEAT = 16;

export interface ControlView {
  readonly banner: string;
  readonly fingerprint: Fingerprint;
  /** Rows of tiles. */
  readonly rows: number;
  readonly rowMsb: number;
  readonly rowOne: string;
  readonly rowIndexMsb: number;
  /** Top bit of the row's index within a frame header. */
  readonly rowFieldMsb: number;
  readonly errorMsb: number;
  readonly infoMsb: number;
  readonly kindsMsb: number;
  /** Payload words of each kind of tile that the fabric has, by its code in `Kinds`. */
  readonly kinds: readonly { readonly code: number; readonly words: number; readonly name: TileKind }[];
  /** The code of the kind that has a memory. */
  readonly memoryKind: number;
  readonly columns: number;
  readonly columnMsb: number;
  readonly columnIndexMsb: number;
  readonly lastColumn: number;
  readonly framesMsb: number;
  readonly bytesMsb: number;
  readonly wordsMsb: number;
  /** Beats of a row of configuration words. */
  readonly groups: number;
  readonly groupMsb: number;
  readonly groupOne: string;
  readonly turnNext: string;
  readonly addressMsb: number;
  readonly beatMsb: number;
  readonly burst: number;
  readonly ports: number;
  readonly portMsb: number;
  readonly startDelay: number;
  readonly watchdogMsb: number;
  readonly watchdogOne: string;
  readonly args: number;
  readonly argWordsMsb: number;
  readonly results: number;
  readonly resultWordsMsb: number;
  /** What the registers of the host port answer, and where they are: the index of the word, as a literal. */
  readonly id: number;
  readonly version: number;
  readonly at: Readonly<Record<RegisterKey, string>>;
  /** Bits of the control register. */
  readonly request: { readonly load: number; readonly start: number; readonly stop: number };
}

/** The code of a kind of tile in the `Kinds` of a column. */
export function kindCode(kind: TileKind): number {
  return TILE_KINDS.indexOf(kind) + 1;
}

/** The view of `kiln_column`, `kiln_loader` and `kiln_host_port`. */
export function controlView(fabric: Fabric, banner = 'an architecture'): ControlView {
  const { arch, width, height } = fabric;
  const { ag, control, host, memory } = arch;
  const groups = Math.ceil(width / COLUMNS_PER_BEAT);
  const rowIndexBits = bitsFor(height);
  const present = TILE_KINDS.filter((kind) => fabric.tiles.some((tile) => tile.kind === kind));
  return {
    banner,
    fingerprint: fingerprintOf(arch),
    rows: height,
    rowMsb: height - 1,
    rowOne: `${height}'d1`,
    rowIndexMsb: rowIndexBits - 1,
    rowFieldMsb: 16 + rowIndexBits - 1,
    errorMsb: 3 * height - 1,
    infoMsb: 32 * height - 1,
    kindsMsb: 3 * height - 1,
    memoryKind: kindCode('pmu'),
    kinds: present.map((name) => ({ code: kindCode(name), words: wordsOf(tileLayout(arch, name)), name })),
    columns: width,
    columnMsb: width - 1,
    columnIndexMsb: bitsFor(width) - 1,
    lastColumn: width - 1,
    framesMsb: 16 * width - 1,
    bytesMsb: 8 * width - 1,
    wordsMsb: 32 * width - 1,
    groups,
    groupMsb: groups - 1,
    groupOne: `${groups}'d1`,
    turnNext: groups === 1 ? 'turn_q' : `{turn_q[${groups - 2}:0], turn_q[${groups - 1}]}`,
    addressMsb: memory.addressBits - 1,
    beatMsb: memory.addressBits - 7,
    burst: ag.burstBeats,
    ports: memory.ports,
    portMsb: memory.ports - 1,
    startDelay: control.startDelay,
    watchdogMsb: control.watchdogLog2 - 1,
    watchdogOne: `${control.watchdogLog2}'d1`,
    args: host.args,
    argWordsMsb: 32 * host.args - 1,
    results: host.results,
    resultWordsMsb: 32 * host.results - 1,
    id: HOST_ID,
    version: HOST_VERSION,
    at: registerIndices(),
    request: requestBits(),
  };
}

function registerIndices(): ControlView['at'] {
  const literal = (address: number) => `10'h${(address / 4).toString(16).padStart(3, '0')}`;
  return Object.fromEntries(Object.entries(REGISTERS).map(([key, { address }]) => [key, literal(address)])) as ControlView['at'];
}

function requestBits(): ControlView['request'] {
  const [load, start, stop] = REGISTERS.ctrl.fields.map(({ lsb }) => lsb);
  return { load, start, stop };
}

/** The templates of `controlView`, and the module (and file) each prints. */
export const CONTROL_TEMPLATES: readonly { readonly module: string; readonly template: string }[] = [
  { module: 'kiln_column', template: 'top/column.sv.njk' },
  { module: 'kiln_loader', template: 'top/loader.sv.njk' },
  { module: 'kiln_host_port', template: 'top/host_port.sv.njk' },
];
