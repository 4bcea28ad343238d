import { expect } from 'vitest';
import { LINT_TOOLS, type LintOptions, lintModule } from '../../src/report/lint/module.ts';

/** Verilator, Icarus Verilog and Yosys read a module and say nothing. `texts`: it and all below it, parts first. */
export async function expectSilence(
  top: string,
  texts: readonly { readonly module: string; readonly text: string }[],
  options?: LintOptions,
): Promise<void> {
  for (const tool of LINT_TOOLS) expect((await lintModule(tool, top, texts, options)).said, `${tool} about ${top}`).toBe('');
}
