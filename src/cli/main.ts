/** The command line. Acts when it is imported (by `bin.js`) and ends with an exit code of `exit.ts`. */
import { Command, CommanderError } from 'commander';
import type { Cli } from './command.ts';
import { asmCommand } from './commands/asm.ts';
import { benchCommand } from './commands/bench.ts';
import { checkCommand } from './commands/check.ts';
import { compileCommand } from './commands/compile.ts';
import { demoCommand } from './commands/demo.ts';
import { disasmCommand } from './commands/disasm.ts';
import { explainCommand } from './commands/explain.ts';
import { listCommand } from './commands/list.ts';
import { rtlCommand } from './commands/rtl.ts';
import { runCommand } from './commands/run.ts';
import { synthCommand } from './commands/synth.ts';
import { viewCommand } from './commands/view.ts';
import { EXIT } from './exit.ts';

const cli: Cli = { exitCode: EXIT.good };

const kiln = new Command('kiln')
  .description('Fabrics of reconfigurable dataflow units: hardware, bitstreams, simulators and a compiler that agree.')
  .version('0.1.0')
  .addHelpText('after', '\nExample:\n  $ kiln run gemm --arch demo --on evaluator,golden,rtl')
  .showSuggestionAfterError()
  .exitOverride();
for (const make of [
  rtlCommand,
  checkCommand,
  compileCommand,
  runCommand,
  disasmCommand,
  asmCommand,
  explainCommand,
  listCommand,
  viewCommand,
  demoCommand,
  benchCommand,
  synthCommand,
])
  kiln.addCommand(make(cli));

try {
  await kiln.parseAsync(process.argv);
  process.exitCode = cli.exitCode;
} catch (error) {
  // Commander has printed what is wrong with the command line, or the help that was asked for.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.good : EXIT.usage;
}
