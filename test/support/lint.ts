import { expect } from 'vitest';
import type { Arch } from '../../src/arch/schema.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { LINT_TOOLS, type LintOptions, lintModule } from '../../src/report/lint/module.ts';
import { printModule } from '../../src/rtl/emit.ts';
import { modulesOf } from '../../src/rtl/modules.ts';
import { signatureOf } from '../../src/rtl/signature.ts';

interface Text {
  readonly module: string;
  readonly text: string;
}

/** Verilator, Icarus Verilog and Yosys read a module and say nothing. */
export async function expectSilence(top: string, texts: readonly Text[], options?: LintOptions): Promise<void> {
  for (const tool of LINT_TOOLS) expect((await lintModule(tool, top, texts, options)).said, `${tool} about ${top}`).toBe('');
}

/** The modules of an architecture as they are printed: of each, it and all below it, parts first. */
export function printedModules(arch: Arch): (top: string) => Text[] {
  const printed = new Map<string, { readonly text: string; readonly uses: readonly string[] }>();
  const sources = new Map(modulesOf(new Fabric(arch), 'a test').map((source) => [source.module, source]));
  const print = (module: string) => {
    const source = sources.get(module)!;
    const text = printModule(source);
    return { text, uses: signatureOf(module, source.template, text).uses };
  };
  return (top) => {
    const found = new Map<string, string>();
    const visit = (module: string) => {
      if (found.has(module)) return;
      const { text, uses } = printed.get(module) ?? print(module);
      printed.set(module, { text, uses });
      uses.forEach(visit);
      found.set(module, text);
    };
    visit(top);
    return [...found].map(([module, text]) => ({ module, text }));
  };
}
