import { execa } from 'execa';
import { DiagnosticError } from '../base/diagnostic.ts';
import { commandFailed, commandNotStarted, commandTimedOut } from './messages.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text or bytes for standard input; empty by default. */
  readonly input?: string | Uint8Array;
  /** By default ten minutes. */
  readonly timeoutSeconds?: number;
  /** The `help` of the diagnostic when the command fails. */
  readonly remedy?: string;
  /** Exit codes that are no failure; by default only 0. */
  readonly accept?: readonly number[];
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly seconds: number;
}

/**
 * Runs a command to its end. Throws `DiagnosticError` with the command, the tail of its output and the remedy
 * when it fails (E0902), takes too long (E0903) or does not start (E0904); then nothing it started lives on.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutSeconds = 600, accept = [0] } = options;
  const start = performance.now();
  const child = execa(command, args, {
    cwd: options.cwd,
    env: options.env,
    input: options.input ?? '',
    reject: false,
    all: true,
    stripFinalNewline: false,
    // A group of its own, so that a time-out also ends the compilers which `make` started.
    detached: true,
    cleanup: false,
  });
  const forget = child.pid === undefined ? () => {} : guard(child.pid);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killGroup(child.pid);
  }, timeoutSeconds * 1000);
  const result = await child;
  clearTimeout(timer);
  forget();

  const failure = { command: result.escapedCommand, output: result.all ?? '', remedy: options.remedy };
  if (late) throw new DiagnosticError(commandTimedOut(failure, timeoutSeconds));
  if (result.exitCode !== undefined && accept.includes(result.exitCode)) {
    return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode, seconds: (performance.now() - start) / 1000 };
  }
  if (result.exitCode !== undefined) throw new DiagnosticError(commandFailed(failure, `exit code ${result.exitCode}`));
  if (result.signal) throw new DiagnosticError(commandFailed(failure, `killed by ${result.signal}`));
  const cause = result.cause as NodeJS.ErrnoException | undefined;
  const why =
    cause?.code === 'ENOENT'
      ? `\`${command}\` is not installed, or the working directory does not exist`
      : (cause?.message ?? 'unknown cause');
  throw new DiagnosticError(commandNotStarted(failure, why));
}

const groups = new Set<number>();

/** Ends the group with this process; returns what takes the group off the list. */
function guard(pid: number): () => void {
  if (groups.size === 0) {
    process.on('exit', killAll);
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  }
  groups.add(pid);
  return () => {
    groups.delete(pid);
    if (groups.size === 0) unguard();
  };
}

function unguard(): void {
  process.off('exit', killAll);
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  killAll();
  unguard();
  // Others who listen (a progress display, say) still hear it; with none, the process ends as it would have.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function killAll(): void {
  for (const pid of groups) killGroup(pid);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
