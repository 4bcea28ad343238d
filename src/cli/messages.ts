/** Every wording of the command line, by code: E10xx. */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';

const nearOr = (near: string | undefined, known: readonly string[], what: string) =>
  near === undefined ? `${what}: ${known.join(', ')}` : `did you mean \`${near}\`?`;

export const noSuchArch = (name: string, near: string | undefined, known: readonly string[]): Diagnostic =>
  errorDiagnostic('E1001', `there is no architecture \`${name}\``, {
    label: 'it is neither a file nor the name of one in arch/',
    help: nearOr(near, known, 'those of arch/ are'),
  });

export const noSuchProgram = (name: string, near: string | undefined): Diagnostic =>
  errorDiagnostic('E1002', `there is no program \`${name}\``, {
    label: 'it is neither a file nor the name of a shipped program',
    help: near === undefined ? '`kiln list` names them all' : `did you mean \`${near}\`?`,
  });

export const notAProgram = (path: string, why: string): Diagnostic =>
  errorDiagnostic('E1003', `\`${path}\` holds no program: ${why}`, {
    help: "make it the default export: `export default program({ name: 'mine', … })`",
  });

export const programFailed = (path: string, why: string): Diagnostic =>
  errorDiagnostic('E1004', `\`${path}\` cannot be loaded: ${why}`, { help: 'see that `npx tsc --noEmit` accepts it' });

export const unknownParameter = (name: string, near: string | undefined, known: readonly string[]): Diagnostic =>
  errorDiagnostic('E1005', `the program has no parameter \`${name}\``, {
    help: known.length === 0 ? 'it has none: leave `--param` out' : nearOr(near, known, 'it has'),
  });

export const unknownInput = (name: string, near: string | undefined, known: readonly string[]): Diagnostic =>
  errorDiagnostic('E1006', `the program has no input array \`${name}\``, { help: nearOr(near, known, 'it reads') });

export const wrongShape = (name: string, file: string, held: readonly number[], needed: readonly number[]): Diagnostic =>
  errorDiagnostic('E1007', `\`${file}\` has shape (${held.join(', ')}), input \`${name}\` has (${needed.join(', ')})`, {
    help: 'choose the parameters that fit the array, with `--param NAME=VALUE`',
  });

export const wrongElement = (name: string, file: string, held: string, needed: string): Diagnostic =>
  errorDiagnostic('E1008', `\`${file}\` holds \`${held}\`, input \`${name}\` takes \`${needed}\``, {
    help: `store \`array.astype('${needed}')\``,
  });

export const unknownArgument = (name: string, near: string | undefined, known: readonly string[]): Diagnostic =>
  errorDiagnostic('E1009', `the program has no argument \`${name}\``, {
    help: known.length === 0 ? 'it has none: leave `--arg` out' : nearOr(near, known, 'it has'),
  });

export const unknownCode = (code: string, near: string | undefined): Diagnostic =>
  errorDiagnostic('E1010', `\`${code}\` is not the code of a message`, {
    help: near === undefined ? '`kiln explain` without a code lists them all' : `did you mean \`${near}\`?`,
  });

export const memoryTooSmall = (bytes: number, addressBits: number): Diagnostic =>
  errorDiagnostic('E1011', `arrays and bitstream take ${bytes} bytes, \`memory.addressBits\` is ${addressBits}`, {
    help: `use smaller arrays, or \`--set memory.addressBits=${Math.ceil(Math.log2(bytes))}\``,
  });

export const unknownKind = (path: string): Diagnostic =>
  errorDiagnostic('E1012', `\`${path}\` is of no kind that can be checked`, {
    help: 'give an architecture (.yaml), a program (.ts), a bitstream (.kbit) or assembly text (.kasm)',
  });
