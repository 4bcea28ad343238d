/** Every wording about explicit-loop programs, by code (E0201-E0249). */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import { didYouMean } from '../base/text.ts';
import type { Source } from './loops.ts';

export const spanOf = (source: Source | undefined) => (source ? { span: { ...source, length: 1 } } : {});

export const badName = (what: string, name: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0201', `${what} \`${name}\` has no legal name`, {
    ...spanOf(source),
    help: 'a name is a letter or `_`, then letters, digits, `_` or `$`',
  });

export const twice = (what: string, name: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0201', `${what} \`${name}\` is declared twice`, { ...spanOf(source), help: 'give it another name' });

export const unknownName = (what: string, name: string, known: readonly string[], source?: Source): Diagnostic => {
  const near = didYouMean(name, known);
  return errorDiagnostic('E0202', `there is no ${what} \`${name}\``, {
    ...spanOf(source),
    ...(near ? { help: `did you mean \`${near}\`?` } : {}),
  });
};

export const unknownVariable = (name: string, where: string, known: readonly string[], source?: Source): Diagnostic =>
  errorDiagnostic('E0203', `${where} uses \`${name}\`, which is no loop around it`, {
    ...spanOf(source),
    notes: [known.length > 0 ? `loops around it: ${known.join(', ')}` : 'there are no loops around it'],
  });

export const rankDiffers = (what: string, name: string, rank: number, given: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0204', `${what} of \`${name}\` gives ${given} indices, it has ${rank} dimensions`, spanOf(source));

export const badLoop = (name: string, why: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0205', `loop \`${name}\` ${why}`, { ...spanOf(source), help: 'min < max, step >= 1 and par >= 1, all whole numbers' });

export const badBound = (name: string, why: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0227', `the bound of loop \`${name}\` ${why}`, { ...spanOf(source), help });

export const shadowed = (name: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0206', `loop \`${name}\` stands inside another loop \`${name}\``, { ...spanOf(source), help: 'give it another name' });

export const badShape = (what: string, name: string, shape: readonly number[], source?: Source): Diagnostic =>
  errorDiagnostic('E0207', `${what} \`${name}\` has shape [${shape.join(', ')}]`, {
    ...spanOf(source),
    help: 'sizes are whole numbers from 1',
  });

export const badTransfer = (message: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0208', message, { ...spanOf(source), help });

/** `read`: a read that may be used where it leaves the memory, with the loop variables of one such iteration. */
export const outOfRange = (
  what: string,
  name: string,
  dimension: number,
  low: number,
  high: number,
  size: number,
  source?: Source,
  read?: { readonly usedAt?: ReadonlyMap<string, number> },
): Diagnostic => {
  const at = [...(read?.usedAt ?? [])].map(([variable, index]) => `\`${variable}\` = ${index}`);
  return errorDiagnostic(
    'E0209',
    `${what} of \`${name}\` reaches ${low < 0 ? low : high} in dimension ${dimension}, it holds 0 to ${size - 1}`,
    {
      ...spanOf(source),
      notes: [
        `over its loops the index runs from ${low} to ${high}`,
        ...(at.length > 0 ? [`with ${at.join(', ')} it is outside, and what it gives may be used`] : []),
      ],
      help: read
        ? 'a read may be out of range only under a `select` or `when` whose condition on loop indices keeps it in range wherever it is used'
        : 'on-chip memories are accessed within their shape; only transfers may reach beyond the end of a DRAM array',
    },
  );
};

export const badTypes = (op: string, args: readonly string[], result: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0210', `\`${op}\` of ${args.join(', ')} does not give ${result}`, {
    ...spanOf(source),
    help: 'use operations of one element type, or `i2f` and `f2i`',
  });

export const badFormat = (macro: string, fraction: number | undefined, source?: Source): Diagnostic =>
  errorDiagnostic('E0219', `\`${macro}\` has no format of ${fraction ?? 'no'} digits behind the point`, {
    ...spanOf(source),
    help: '`fixmul` takes 0 to 31 of the 32 digits, `fixdiv` 0 to 16, and no other macro has a format',
  });

export const badReduce = (message: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0211', message, { ...spanOf(source), help });

export const badCarried = (message: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0212', message, { ...spanOf(source), help });

export const badGuard = (message: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0213', message, {
    ...spanOf(source),
    help: 'accumulators of single lanes need no guard where the padding is zero: a product with it adds nothing',
  });

export const readsAndWrites = (memory: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0214', `a leaf reads and writes memory \`${memory}\``, {
    ...spanOf(source),
    notes: ['iterations of a leaf overlap in the pipeline, so a read could not tell old from new'],
    help: 'use a second memory, or a reduction that starts `carried`',
  });

export const badEffect = (message: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0215', message, { ...spanOf(source), help });

export const emptyLeaf = (why: string, source?: Source): Diagnostic => errorDiagnostic('E0216', `a leaf ${why}`, spanOf(source));

export const neverWritten = (memory: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0217', `memory \`${memory}\` is read but never written`, { ...spanOf(source), help: 'load it, or write it in a leaf' });

export const badTable = (name: string, problem: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0226', `table \`${name}\` ${problem}`, { ...spanOf(source), help });

export const badBanks = (name: string, banks: number, size: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0229', `memory \`${name}\` cannot lie in ${banks} banks`, {
    ...spanOf(source),
    help: `give a whole number from 1 to ${size}: each bank has a block of its first index`,
  });

export const resultCount = (name: string, count: number): Diagnostic =>
  errorDiagnostic('E0218', count === 0 ? `result \`${name}\` is never set` : `result \`${name}\` is set in ${count} places`, {
    help: 'set each result in exactly one leaf',
  });

export const missingInput = (name: string, words: number, held: number | undefined): Diagnostic =>
  errorDiagnostic(
    'E0220',
    held === undefined ? `input \`${name}\` is missing` : `input \`${name}\` holds ${held} words, the program reads ${words}`,
  );

export const missingArg = (name: string): Diagnostic => errorDiagnostic('E0221', `argument \`${name}\` is missing`);

export const emptyQueue = (name: string, word: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0222', `FIFO \`${name}\` is empty where word ${word} of it is taken`, {
    ...spanOf(source),
    help: 'enqueue as many words as are dequeued, before them in the order of the program',
  });

export const wordsLeft = (name: string, words: number, taken: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0223', `of ${words} words of FIFO \`${name}\` ${words - taken} are left at the end of the run`, {
    ...spanOf(source),
    help: 'dequeue as many words as are enqueued',
  });

/** Of a FIFO whose writer lets through what data says, while loops say how many words are taken. */
export const wordsLeftInRound = (name: string, left: number, source?: Source): Diagnostic =>
  errorDiagnostic(
    'E0223',
    `${left === 1 ? 'a word' : `${left} words`} of FIFO \`${name}\` ${left === 1 ? 'is' : 'are'} left at the end of an iteration`,
    {
      ...spanOf(source),
      notes: ['the loops around both ends take as many words in each of their iterations'],
      help: 'let the predicate of its writer hold as often in each iteration, or dequeue with a predicate, which may leave words for later',
    },
  );

export const badLines = (name: string, why: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0228', `line buffer \`${name}\` ${why}`, { ...spanOf(source), help });

export const badQueue = (message: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0224', message, { ...spanOf(source), help });

export const ratesDiffer = (name: string, written: number, read: number, writer?: Source, reader?: Source): Diagnostic =>
  errorDiagnostic('E0225', `FIFO \`${name}\` gets ${written} words in a run, and ${read} are taken`, {
    ...spanOf(reader),
    notes: writer ? [`written at ${writer.file}:${writer.line}`] : [],
    help: 'loops on both ends walk as many elements; a predicate on one end lets fewer pass',
  });

export const cannotRead = (file: string, line: number, column: number, message: string): Diagnostic =>
  errorDiagnostic('E0230', message, { span: { file, line, column, length: 1 } });
