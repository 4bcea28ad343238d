/**
 * The registers of the host port as data: the one source of the addresses in the RTL, the C header
 * and driver, the SystemRDL file, the datasheet and the table in `FORMAT.md`.
 */

export type Access = 'R' | 'W' | 'RW';

/** Some bits of a register. */
export interface RegisterField {
  readonly name: string;
  readonly lsb: number;
  readonly width: number;
  readonly doc: string;
}

export interface Register {
  /** Upper case, as in the C header. */
  readonly name: string;
  /** Byte address on AXI4-Lite; a multiple of 4. */
  readonly address: number;
  readonly access: Access;
  readonly doc: string;
  /** Which parameter says how many there are, 4 bytes apart; one where it is missing. */
  readonly count?: 'args' | 'results';
  /** Bits that mean something; without fields the register is one number of 32 bits. */
  readonly fields: readonly RegisterField[];
}

/** What ID answers: "KILN" in little-endian bytes; also the first word of a bitstream. */
export const HOST_ID = 0x4e4c494b;
/** What VERSION answers: the version of the bitstream's format and of this map. */
export const HOST_VERSION = 1;
/** Bits of a byte address on the AXI4-Lite port. */
export const HOST_ADDRESS_BITS = 12;
/** Unit of CONFIG_ADDR, in bytes. */
export const CONFIG_ADDRESS_UNIT = 64;

const field = (name: string, lsb: number, width: number, doc: string): RegisterField => ({ name, lsb, width, doc });
const bit = (name: string, lsb: number, doc: string) => field(name, lsb, 1, doc);
const register = (name: string, address: number, access: Access, doc: string, fields: readonly RegisterField[] = []): Register => ({
  name,
  address,
  access,
  doc,
  fields,
});

/** Every register, by the key that templates and code use for it. */
export const REGISTERS = {
  id: register('ID', 0x000, 'R', 'always 0x4e4c494b'),
  version: register('VERSION', 0x004, 'R', 'always 1'),
  fingerprintLo: register('FINGERPRINT_LO', 0x008, 'R', 'fingerprint of the architecture, low word'),
  fingerprintHi: register('FINGERPRINT_HI', 0x00c, 'R', 'fingerprint of the architecture, high word'),
  ctrl: register('CTRL', 0x010, 'W', 'requests, each by a 1', [
    bit('LOAD', 0, 'load'),
    bit('START', 1, 'start'),
    bit('STOP', 2, 'stop (ends a run, clears errors)'),
  ]),
  status: register('STATUS', 0x014, 'R', 'where the fabric stands', [
    bit('LOADING', 0, 'loading'),
    bit('LOADED', 1, 'loaded'),
    bit('RUNNING', 2, 'running'),
    bit('DONE', 3, 'done'),
    bit('HANG', 4, 'hang'),
    bit('ERROR', 5, 'error'),
    bit('RESIDUE', 6, 'residue'),
  ]),
  error: register('ERROR', 0x018, 'R', 'the first error', [
    field('CAUSE', 0, 8, 'first cause'),
    field('X', 8, 8, 'column or tile x'),
    field('Y', 16, 8, 'row or tile y'),
  ]),
  errorInfo: register('ERROR_INFO', 0x01c, 'R', 'cause-specific: expected word, or first bad address'),
  configAddr: register('CONFIG_ADDR', 0x020, 'RW', 'where the bitstream lies', [field('BEAT', 0, 28, 'beat index (byte address / 64)')]),
  cyclesLo: register('CYCLES_LO', 0x028, 'R', 'cycles of the run, low word'),
  cyclesHi: register('CYCLES_HI', 0x02c, 'R', 'cycles of the run, high word'),
  configCycles: register('CONFIG_CYCLES', 0x030, 'R', 'cycles of the last load, from the request to loaded'),
  arg: { ...register('ARG', 0x040, 'RW', 'argument registers'), count: 'args' },
  result: { ...register('RESULT', 0x080, 'R', 'result registers'), count: 'results' },
} as const satisfies Record<string, Register>;

export type RegisterKey = keyof typeof REGISTERS;

/** In the order of addresses. */
export const REGISTER_LIST: readonly Register[] = Object.values(REGISTERS);

/** What ERROR.CAUSE says. */
export const ERROR_CAUSES: readonly { readonly code: number; readonly name: string; readonly doc: string }[] = [
  { code: 1, name: 'MAGIC', doc: 'magic or version' },
  { code: 2, name: 'FINGERPRINT', doc: 'fingerprint' },
  { code: 3, name: 'HEADER_CRC', doc: 'header CRC' },
  { code: 4, name: 'FRAME_CRC', doc: 'frame CRC' },
  { code: 5, name: 'FRAME', doc: 'frame address or length' },
  { code: 6, name: 'TRUNCATED', doc: 'truncated or wrong frame count' },
  { code: 7, name: 'BUSY', doc: 'load while running' },
  { code: 8, name: 'NOT_LOADED', doc: 'start without configuration' },
  { code: 9, name: 'AXI', doc: 'AXI error response' },
  { code: 16, name: 'RANGE', doc: 'PMU range' },
  { code: 17, name: 'TOKEN_OVERFLOW', doc: 'token overflow' },
  { code: 18, name: 'TAP_COLLISION', doc: 'tap collision' },
];

/** `0x040`, as every table writes addresses. */
export const addressText = (address: number): string => `0x${address.toString(16).padStart(3, '0')}`;

/** The rows of the Markdown table: address, name, access, meaning. */
export function registerRows(): string[][] {
  return REGISTER_LIST.map(({ name, address, access, doc, count, fields }) => {
    const many = count !== undefined;
    return [
      `${addressText(address)}${many ? ' + 4i' : ''}`,
      `${name}${many ? '[i]' : ''}`,
      access,
      fields.length === 0 ? doc : `${doc}: ${fields.map(fieldText).join(', ')}`,
    ];
  });
}

function fieldText({ lsb, width, doc }: RegisterField): string {
  return width === 1 ? `bit ${lsb} ${doc}` : `bits ${lsb + width - 1}..${lsb} ${doc}`;
}

/** The register table as Markdown: in `FORMAT.md` and in every datasheet. */
export function registerMarkdown(): string {
  return [['address', 'name', 'access', 'meaning'], ['---', '---', '---', '---'], ...registerRows()]
    .map((row, i) => (i === 1 ? `|${row.join('|')}|` : `| ${row.join(' | ')} |`))
    .join('\n');
}

/** `1 magic or version, 2 fingerprint, …` as `FORMAT.md` lists them. */
export function causesText(): string {
  return ERROR_CAUSES.map(({ code, doc }) => `${code} ${doc}`).join(', ');
}
