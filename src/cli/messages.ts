/** Every wording of the command line, by code: E10xx. */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import type { Source } from '../ir/loops.ts';

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

export const programFailed = (path: string, why: string, source?: Source): Diagnostic =>
  errorDiagnostic('E1004', `\`${path}\` cannot be loaded: ${why}`, {
    ...(source && { span: { ...source, length: 1 } }),
    help: 'see that `npx tsc --noEmit` accepts it',
  });

export const unknownCode = (code: string, near: string | undefined): Diagnostic =>
  errorDiagnostic('E1005', `\`${code}\` is not the code of a message`, {
    help: near === undefined ? '`kiln explain` without a code lists them all' : `did you mean \`${near}\`?`,
  });

export const unknownKind = (path: string): Diagnostic =>
  errorDiagnostic('E1006', `\`${path}\` is of no kind that can be checked`, {
    help: 'give an architecture (.yaml), a program (.ts), a bitstream (.kbit) or assembly text (.kasm)',
  });

export const archNeeded = (path: string): Diagnostic =>
  errorDiagnostic('E1007', `\`${path}\` means nothing without its architecture`, { help: 'name it with `--arch`' });

export const unknownUnit = (name: string, near: string | undefined, known: readonly string[]): Diagnostic =>
  errorDiagnostic('E1008', `there is no unit \`${name}\` to synthesise`, { help: nearOr(near, known, 'units are') });

export const nothingFree = (name: string, why: string): Diagnostic =>
  errorDiagnostic('E1009', `there is nothing to choose in \`${name}\`: ${why}`, {
    help: 'leave out `--free`; patterns choose tiles and copies by themselves, `kiln list` names the parameters of explicit programs',
  });

export const noSuchSection = (number: number, of: number): Diagnostic =>
  errorDiagnostic('E1010', `there is no section ${number}: the program has ${of === 1 ? 'one configuration' : `${of} sections`}`, {
    help: of === 1 ? 'leave out `--section`' : `\`--section\` is 1 to ${of}`,
  });
