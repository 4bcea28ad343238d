import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import { indent } from '../base/text.ts';

/** How a missing program is named, and the Debian packages that hold it. */
export interface Absent {
  readonly needs: string;
  readonly packages: readonly string[];
  /** Another command that brings it. */
  readonly otherwise?: string;
  /** The version that was found but is too old. */
  readonly found?: string;
}

/** E0901: programs that are missing or too old, all in one message with one command. */
export function toolsMissing(absent: readonly Absent[]): Diagnostic {
  const names = absent.map(({ needs }) => `\`${needs}\``).join(', ');
  const old = absent.filter(({ found }) => found !== undefined);
  const packages = [...new Set(absent.flatMap((tool) => tool.packages))].join(' ');
  const others = absent.flatMap(({ otherwise }) => otherwise ?? []);
  return errorDiagnostic('E0901', `${absent.length === 1 ? 'a needed program is' : 'needed programs are'} not installed: ${names}`, {
    notes: old.map(({ needs, found }) => `version ${found} was found where \`${needs}\` is needed`),
    help: [`run \`sudo apt-get update && sudo apt-get install -y ${packages}\``, ...others.map((way) => `or \`${way}\``)].join(', '),
  });
}

export interface FailedCommand {
  readonly command: string;
  readonly output: string;
  readonly remedy?: string;
}

/** E0902: a command ended with a non-zero status. */
export function commandFailed({ command, output, remedy }: FailedCommand, how: string): Diagnostic {
  return errorDiagnostic('E0902', `a command failed (${how})`, {
    notes: [`the command was \`${command}\``, ...tailNote(output)],
    help: remedy,
  });
}

/** E0903: a command did not end in the time allowed, and was killed with all it had started. */
export function commandTimedOut({ command, output, remedy }: FailedCommand, seconds: number): Diagnostic {
  return errorDiagnostic('E0903', `a command did not end within ${seconds} s`, {
    notes: [`the command was \`${command}\``, ...tailNote(output)],
    help: remedy,
  });
}

/** E0904: a command could not be started at all. */
export function commandNotStarted({ command, remedy }: FailedCommand, why: string): Diagnostic {
  return errorDiagnostic('E0904', `a command did not start: ${why}`, { notes: [`the command was \`${command}\``], help: remedy });
}

/** E0905: a file that was named is not there. */
export function fileMissing(what: string, path: string, near: string | undefined): Diagnostic {
  return errorDiagnostic('E0905', `${what} \`${path}\` does not exist`, { help: near ? `did you mean \`${near}\`?` : undefined });
}

/** E0906: a file is there and cannot be read. */
export function fileUnreadable(what: string, path: string, why: string): Diagnostic {
  return errorDiagnostic('E0906', `${what} \`${path}\` cannot be read: ${why}`);
}

/** E0907: a file cannot be written. */
export function fileUnwritable(path: string, why: string): Diagnostic {
  return errorDiagnostic('E0907', `\`${path}\` cannot be written: ${why}`);
}

/** E0908: Verilator compiled modules meant to be hierarchical blocks as part of the top. */
export function blocksFlattened(blocks: readonly string[]): Diagnostic {
  return errorDiagnostic(
    'E0908',
    `Verilator flattened ${blocks.map((name) => `\`${name}\``).join(', ')} instead of building a hierarchical block`,
    {
      notes: ['a block whose parameters are left at their default values is flattened without a word'],
      help: 'print concrete `localparam`s in the block, or override a parameter with a value that is not its default',
    },
  );
}

function tailNote(output: string): string[] {
  const lines = output.trimEnd().split('\n');
  if (lines.length === 1 && lines[0] === '') return [];
  return [`its output ends with\n${indent(lines.slice(-20).join('\n'))}`];
}
