/** Every wording of this folder's diagnostics: E080x and E081x files, E082x text, E084x and W084x design rules. */
import { type Details, errorDiagnostic, type Span, warningDiagnostic } from '../base/diagnostic.ts';
import { type Fingerprint, formatFingerprint } from '../fabric/fingerprint.ts';
import type { Tile } from '../fabric/graph.ts';

/** How messages name a tile; the assembly text opens its section the same way. */
export function tileName(tile: Tile): string {
  return `${tile.kind} ${tile.index} at ${tile.x},${tile.y}`;
}

const hex = (word: number) => `0x${word.toString(16).padStart(8, '0')}`;
const damaged = 'the file is damaged: compile or assemble it again';

export const messages = {
  badMagic: (found: number) =>
    errorDiagnostic('E0801', `not a bitstream: byte 0 starts with ${hex(found)}, not with "KILN"`, {
      help: 'a `.kbit` file is made by `kiln compile` or `kiln asm`',
    }),
  badVersion: (found: number) =>
    errorDiagnostic('E0802', `bitstream format version ${found} at byte 4 is not known; this is version 1`, {
      help: 'compile the program again with this version',
    }),
  otherArchitecture: (name: string, own: Fingerprint, found: Fingerprint) =>
    errorDiagnostic('E0803', `the bitstream is for another architecture: fingerprint ${formatFingerprint(found)} at byte 8`, {
      notes: [`\`${name}\` has fingerprint ${formatFingerprint(own)}`],
      help: 'compile the program for this architecture, or name the one it was compiled for with `--arch`',
    }),
  truncated: (have: number, need: number, what: string) =>
    errorDiagnostic('E0804', `the bitstream ends at byte ${have}, within ${what} (at least ${need} bytes are needed)`, { help: damaged }),
  headerCrc: (found: number, computed: number) =>
    errorDiagnostic('E0805', `the header's CRC at byte 60 is ${hex(found)}, but its words give ${hex(computed)}`, { help: damaged }),
  frameCrc: (at: number, tile: string, found: number, computed: number) =>
    errorDiagnostic('E0806', `the CRC of the frame of ${tile} at byte ${at} is ${hex(found)}, but its words give ${hex(computed)}`, {
      help: damaged,
    }),
  notAFrame: (at: number, x: number, found: number) =>
    errorDiagnostic('E0807', `${hex(found)} at byte ${at} (column ${x}) is neither padding nor a frame header`, { help: damaged }),
  noSuchTile: (at: number, x: number, y: number) =>
    errorDiagnostic('E0808', `the frame at byte ${at} is for row ${y}, but column ${x} has no such tile`, { help: damaged }),
  frameLength: (at: number, tile: string, found: number, expected: number) =>
    errorDiagnostic('E0809', `the frame of ${tile} at byte ${at} says ${found} words; this tile has ${expected}`, { help: damaged }),
  frameOrder: (at: number, tile: string) =>
    errorDiagnostic('E0810', `the frame of ${tile} at byte ${at} comes twice or out of the order of rows`, { help: damaged }),
  frameCut: (at: number, tile: string) =>
    errorDiagnostic('E0811', `the stream of its column ends within the frame of ${tile} at byte ${at}`, { help: damaged }),
  frameCount: (stated: number, found: number) =>
    errorDiagnostic('E0812', `the header states ${stated} frames at byte 16, but there are ${found}`, { help: damaged }),
  badBeats: (beats: number, rows: number, groups: number) =>
    errorDiagnostic('E0813', `the header states ${beats} beats at byte 24, but ${rows} rows of ${groups} make ${1 + rows * groups}`, {
      help: damaged,
    }),
  reserved: (at: number) => errorDiagnostic('E0814', `the word at byte ${at} has bits set that must be 0`, { help: damaged }),
  interfaceCrc: (at: number, found: number, computed: number) =>
    errorDiagnostic('E0815', `the CRC of the interface at byte ${at} is ${hex(found)}, but its bytes give ${hex(computed)}`, {
      help: damaged,
    }),
  badInterface: (at: number, why: string) =>
    errorDiagnostic('E0816', `the interface at byte ${at} cannot be read: ${why}`, { help: damaged }),
  trailing: (end: number, length: number) =>
    errorDiagnostic('E0817', `the bitstream ends at byte ${end}, but the file goes on to byte ${length}`, { help: damaged }),
  sectionOrder: (place: number, number: number, of: number) =>
    errorDiagnostic('E0830', `section ${place} of the bitstream says that it is section ${number} of ${of}`, { help: damaged }),
  sectionMissing: (have: number, of: number) => errorDiagnostic('E0830', `the bitstream has ${have} of ${of} sections`, { help: damaged }),
  fieldRange: (tile: string, why: string) => errorDiagnostic('E0818', `${tile}: ${why}`),
  memoryFrame: (at: number, tile: string, fault: string) =>
    errorDiagnostic('E0819', `the memory words of ${tile} at byte ${at} have no place: ${fault}`, { help: damaged }),
  memoryAlone: (x: number, tile: string) =>
    errorDiagnostic('E0819', `column ${x} has memory words of ${tile}, but not its configuration`, { help: damaged }),

  syntax: (span: Span, expected: string, found: string) =>
    errorDiagnostic('E0820', `expected ${expected}, found ${found}`, { span, label: `${expected} belongs here` }),
  unknownName: (span: Span, what: string, name: string, near: string | undefined, known: readonly string[]) =>
    errorDiagnostic('E0821', `there is no ${what} \`${name}\``, {
      span,
      notes: known.length > 0 ? [`known: ${known.join(', ')}`] : [],
      ...(near === undefined ? {} : { help: `did you mean \`${near}\`?` }),
    }),
  badIndex: (span: Span, path: string, index: number, count: number) =>
    errorDiagnostic('E0822', `\`${path}\` has no element ${index}`, { span, label: `0 to ${count - 1}` }),
  valueRange: (span: Span, path: string, value: string, width: number, signed: boolean) =>
    errorDiagnostic('E0823', `${value} does not fit \`${path}\``, { span, label: `${width} ${signed ? 'signed' : 'unsigned'} bits` }),
  twice: (span: Span, what: string) => errorDiagnostic('E0824', `${what} is given twice`, { span, label: 'the second time' }),
  noTileHere: (span: Span, x: number, y: number, width: number, height: number) =>
    errorDiagnostic('E0825', `the fabric has no tile at ${x},${y}`, { span, label: `it is ${width} across and ${height} down` }),
  wrongTile: (span: Span, written: string, actual: string) =>
    errorDiagnostic('E0826', `the tile there is not ${written}`, { span, label: `it is ${actual}` }),
  noRoute: (span: Span, sink: string, source: string, known: readonly string[]) =>
    errorDiagnostic('E0827', `\`${sink}\` cannot listen to \`${source}\``, { span, label: `it listens to ${known.join(', ')}` }),
  textArchitecture: (span: Span, name: string, own: Fingerprint) =>
    errorDiagnostic('E0828', `the text is for another architecture than \`${name}\``, {
      span,
      label: `its fingerprint is ${formatFingerprint(own)}`,
      help: 'drop the fingerprint to assemble it all the same',
    }),
  textMemory: (span: Span, fault: string) => errorDiagnostic('E0865', `these memory words have no place: ${fault}`, { span }),
  textInterface: (span: Span, why: string) => errorDiagnostic('E0829', `the interface cannot be read: ${why}`, { span }),

  rule: (code: string, where: string, problem: string, details: Details = {}) => errorDiagnostic(code, `${where}: ${problem}`, details),
  suspicious: (code: string, where: string, problem: string, details: Details = {}) =>
    warningDiagnostic(code, `${where}: ${problem}`, details),
};
