/** How a command is declared: a usage, a summary, an example, and what it does. */
import { Command } from 'commander';
import { type ExitCode, reportFailure } from './exit.ts';
import { Output } from './output.ts';

/** What the command line ends with. */
export interface Cli {
  exitCode: ExitCode;
}

/** A command with `--json` and an example in its help; options are added by the caller, then `act` completes it. */
export function command(usage: string, summary: string, example: string): Command {
  const [name, ...args] = usage.split(' ');
  const made = new Command(name)
    .summary(summary)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .option('--json', 'print one JSON object on standard output; progress goes to standard error')
    .addHelpText('after', `\nExample:\n  $ ${example.replaceAll('\n', '\n  $ ')}`)
    .exitOverride();
  return args.length > 0 ? made.arguments(args.map((arg) => (arg.startsWith('[') ? arg : `<${arg}>`)).join(' ')) : made;
}

/** Completes a command: its arguments and options go to `work`, what it throws becomes an exit code. */
export function act<Args extends readonly unknown[]>(
  cli: Cli,
  made: Command,
  work: (out: Output, ...args: Args) => Promise<ExitCode>,
): Command {
  return made.action(async (...all: unknown[]) => {
    // Commander passes the arguments, then the options, then the command itself.
    const args = all.slice(0, -1);
    const out = new Output((args.at(-1) as { json?: boolean }).json === true);
    try {
      cli.exitCode = await work(out, ...(args as unknown as Args));
    } catch (error) {
      cli.exitCode = reportFailure(error, out);
    }
  });
}
