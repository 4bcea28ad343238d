/** The command line. Acts when it is imported (by `bin.js`) and ends with an exit code of `exit.ts`. */
import { Command, CommanderError } from 'commander';
import type { Cli } from './command.ts';
import { EXIT } from './exit.ts';

const cli: Cli = { exitCode: EXIT.good };

const kiln = new Command('kiln')
  .description('Fabrics of reconfigurable dataflow units: hardware, bitstreams, simulators and a compiler that agree.')
  .version('0.1.0')
  .addHelpText('after', '\nExample:\n  $ kiln run gemm --arch demo --on evaluator,golden,rtl')
  .showSuggestionAfterError()
  .exitOverride();

/** In the order of the help. Each loads what it needs: a command that compiles nothing starts without the compiler. */
const commands: Readonly<Record<string, () => Promise<(cli: Cli) => Command>>> = {
  rtl: async () => (await import('./commands/rtl.ts')).rtlCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  compile: async () => (await import('./commands/compile.ts')).compileCommand,
  run: async () => (await import('./commands/run.ts')).runCommand,
  disasm: async () => (await import('./commands/disasm.ts')).disasmCommand,
  asm: async () => (await import('./commands/asm.ts')).asmCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  view: async () => (await import('./commands/view.ts')).viewCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  synth: async () => (await import('./commands/synth.ts')).synthCommand,
};
const asked = process.argv[2];
// Anything else is a word for the whole: help, a version, or a name that resembles one of all.
for (const load of Object.hasOwn(commands, asked) ? [commands[asked]] : Object.values(commands)) kiln.addCommand((await load())(cli));

try {
  await kiln.parseAsync(process.argv);
  process.exitCode = cli.exitCode;
} catch (error) {
  // Commander has printed what is wrong with the command line, or the help that was asked for.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.good : EXIT.usage;
}
