/**
 * A file of several configurations that run one after the other, each over the DRAM that the one before it left: one bitstream behind
 * the other, each whole, with `section` in its interface. A file of one configuration says nothing of sections.
 */
import { DiagnosticError } from '../base/diagnostic.ts';
import type { Fabric } from '../fabric/graph.ts';
import { decode, type Kbit } from './decode.ts';
import { BEAT_BYTES, MAGIC } from './format.ts';
import { messages } from './messages.ts';
import { wordsOfBytes } from './words.ts';

/** The bytes of each section of a file; what is cut off or no section stays with the one before it, where `decode` refuses it. */
export function sectionsOf(bytes: Uint8Array): Uint8Array[] {
  const sections: Uint8Array[] = [];
  for (let start = 0; start < bytes.length || sections.length === 0; ) {
    const end = endOfSection(bytes, start);
    const next =
      end !== undefined && end + 4 <= bytes.length && wordsOfBytes(bytes.subarray(end, end + 4))[0] === MAGIC ? end : bytes.length;
    sections.push(bytes.subarray(start, next));
    start = next;
  }
  return sections;
}

/** Where a section ends, by its header and the length of its interface. */
function endOfSection(bytes: Uint8Array, start: number): number | undefined {
  const word = (at: number): number | undefined => (at + 4 <= bytes.length ? wordsOfBytes(bytes.subarray(at, at + 4))[0] : undefined);
  const beats = word(start + 24);
  const length = beats === undefined ? undefined : word(start + beats * BEAT_BYTES);
  return beats === undefined || length === undefined ? undefined : start + beats * BEAT_BYTES + 4 + length + 4;
}

/** Reads all sections of a file; throws one diagnostic for a section that is not whole, or where one is missing. */
export function decodeSections(fabric: Fabric, bytes: Uint8Array): Kbit[] {
  const parts = sectionsOf(bytes);
  const kbits = parts.map((part, i) =>
    i === 0 ? decode(fabric, part) : inSection(i + 1, part.byteOffset - bytes.byteOffset, () => decode(fabric, part)),
  );
  const of = kbits[0].interface.section?.of ?? 1;
  kbits.forEach(({ interface: host }, i) => {
    const { number, of: all } = host.section ?? { number: 1, of: 1 };
    if (number !== i + 1 || all !== of) throw new DiagnosticError(messages.sectionOrder(i + 1, number, all));
  });
  if (kbits.length !== of) throw new DiagnosticError(messages.sectionMissing(kbits.length, of));
  return kbits;
}

/** Problems tell bytes of the section: this says where it begins. */
function inSection<T>(number: number, start: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const note = `section ${number} begins at byte ${start} of the file; bytes are counted from there`;
    throw new DiagnosticError(error.diagnostics.map((one) => ({ ...one, notes: [...one.notes, note] })));
  }
}

/** One file of sections that say their numbers. */
export function joinSections(sections: readonly Uint8Array[]): Uint8Array {
  const file = new Uint8Array(sections.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const section of sections) {
    file.set(section, at);
    at += section.length;
  }
  return file;
}
