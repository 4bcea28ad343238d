/** Every wording of the front end, by code. Codes E025x: what a program's text gets wrong while it is built. */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import { didYouMean } from '../base/text.ts';
import type { Source } from '../ir/loops.ts';

const at = (source: Source | undefined) => (source ? { span: { ...source, length: 1 } } : {});

export const notAffine = (what: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0250', `${what} is not an affine index`, {
    ...at(source),
    label: 'an index is a whole number plus whole multiples of loop variables',
    help: 'use `i.add(j)`, `i.sub(1)`, `i.mul(4)`; for arithmetic on the value of a loop variable use `i.value`',
  });

export const mixedTypes = (op: string, types: readonly string[], source?: Source): Diagnostic =>
  errorDiagnostic('E0251', `\`${op}\` is given ${types.join(' and ')}`, {
    ...at(source),
    help: 'convert with `.toFloat()` or `.toInt()`, or give both arrays the same type',
  });

export const wrongRank = (what: string, rank: number, given: number, source?: Source): Diagnostic =>
  errorDiagnostic(
    'E0252',
    `\`${what}\` has ${rank} dimension${rank === 1 ? '' : 's'}, ${given} ${given === 1 ? 'index is' : 'indices are'} given`,
    {
      ...at(source),
    },
  );

export const shapesDiffer = (into: string, whole: readonly number[], from: string, part: readonly number[], source?: Source): Diagnostic =>
  errorDiagnostic(
    'E0257',
    `\`${from}\` of shape [${part.join(', ')}] cannot be accumulated in \`${into}\` of shape [${whole.join(', ')}]`,
    {
      ...at(source),
      help: 'give both memories one shape',
    },
  );

export const extentOfMemory = (name: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0258', `a transfer of memory \`${name}\` gives an extent`, {
    ...at(source),
    help: 'a transfer moves the whole of a memory; only FIFOs take boxes of any extent',
  });

export const tableSize = (name: string, shape: readonly number[], words: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0259', `table \`${name}\` of shape [${shape.join(', ')}] is given ${words} words`, {
    ...at(source),
    help: `give ${shape.reduce((product, size) => product * size, 1)}, row by row, or a function of the index`,
  });

export const badCsv = (problem: string, place: Source): Diagnostic =>
  errorDiagnostic('E0266', problem, {
    ...at(place),
    help: 'a table is numbers apart by commas, in as many lines as you like: whole ones from -2^31 to 2^32 - 1 for i32',
  });

export const badConstant = (value: number, type: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0253', `${value} is not an ${type} constant`, {
    ...at(source),
    help: 'i32 constants are whole numbers from -2^31 to 2^32 - 1',
  });

export const badFormat = (macro: string, fraction: number | undefined, most: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0256', `\`${macro}\` has no format of ${fraction ?? 'no'} digits behind the point`, {
    ...at(source),
    help: `use a whole number from 0 to ${most}`,
  });

export const outsideLeaf = (what: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0254', `${what} stands outside a leaf`, { ...at(source), help: 'write it inside `leaf({ ... }, (...) => { ... })`' });

export const outsideProgram = (what: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0255', `${what} stands outside the program being built`, {
    ...at(source),
    help: 'use it inside the function given to `explicit`',
  });

export const unknownParam = (program: string, name: string, known: readonly string[]): Diagnostic => {
  const near = didYouMean(name, known);
  return errorDiagnostic('E0260', `program \`${program}\` has no parameter \`${name}\``, {
    notes: [known.length > 0 ? `its parameters: ${known.join(', ')}` : 'it has no parameters'],
    ...(near ? { help: `did you mean \`${near}\`?` } : {}),
  });
};

export const badParam = (program: string, name: string, value: unknown, legal: string): Diagnostic =>
  errorDiagnostic('E0261', `parameter \`${name}\` of program \`${program}\` is ${legal}, not \`${String(value)}\``);

/** `says`: the relation in words, in which parameters stand by their names. */
export const brokenRelation = (program: string, says: string, params: Readonly<Record<string, unknown>>): Diagnostic => {
  const named = Object.keys(params).filter((name) => says.split(/\W+/).includes(name));
  return errorDiagnostic('E0267', `program \`${program}\` asks that ${says}`, {
    notes: [`given ${named.map((name) => `${name}=${params[name]}`).join(' ')}`],
    help: 'change one of them with `--param NAME=VALUE`',
  });
};

export const needsFloat = (program: string): Diagnostic =>
  errorDiagnostic('E0262', `program \`${program}\` is asked for in f32, this target has no float operations`, {
    help: 'use the parameter dtype=i32, or an architecture with `pcu.float: true`',
    limit: { field: 'pcu.float', value: true },
  });

/** `part`: a function of the program, which threw at `source`. */
export const functionThrows = (program: string, part: string, why: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0268', `\`${part}\` of program \`${program}\` fails: ${why}`, {
    ...at(source),
    help: 'see that `npx tsc --noEmit` accepts the program, and run that function by itself',
  });

export const givesNothing = (program: string, part: string, wanted: string): Diagnostic =>
  errorDiagnostic('E0268', `\`${part}\` of program \`${program}\` gives something else than it should`, { help: `return ${wanted}` });

export const noRoom = (
  what: string,
  words: number,
  { memoryWords, lanes }: { readonly memoryWords: number; readonly lanes: number },
  source?: Source,
): Diagnostic =>
  errorDiagnostic('E0263', `${what} needs ${words} words on chip, a memory has ${memoryWords}`, {
    ...at(source),
    help: 'give smaller `tile` hints, or use an architecture with larger memories: more `pmu.bankWords`',
    limit: { field: 'pmu.bankWords', value: Math.ceil(words / lanes) },
  });

export const patternProblem = (message: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0264', message, { ...at(source), help });

export const unknownProgram = (name: string, known: readonly string[]): Diagnostic => {
  const near = didYouMean(name, known);
  return errorDiagnostic('E0265', `there is no program \`${name}\``, {
    help: near ? `did you mean \`${near}\`?` : 'list them with `kiln list`',
  });
};
