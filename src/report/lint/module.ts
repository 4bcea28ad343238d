/** One module, with all below it, before one tool that reads SystemVerilog. */
import { join } from 'node:path';
import { cachedText } from '../../tools/cached.ts';
import { writeAtomic } from '../../tools/files.ts';
import { run } from '../../tools/run.ts';
import { withScratch } from '../../tools/scratch.ts';
import { requireTools, type Tool } from '../../tools/versions.ts';

export const LINT_TOOLS = ['verilator', 'iverilog', 'yosys'] as const;
export type LintTool = (typeof LINT_TOOLS)[number];

export interface LintOptions {
  /** A Verilator configuration, read before the modules. */
  readonly waivers?: string;
  /** The address space a tool may take, in GB; one that needs more fails. */
  readonly limitGb?: number;
  readonly timeoutSeconds?: number;
}

export interface LintVerdict {
  /** What the tool said; empty when it has no complaint. */
  readonly said: string;
  /** How long the tool took; 0 when it had read the same before. */
  readonly seconds: number;
}

/**
 * What a tool says of `top`. `texts`: the module and all below it, parts first. Silence is remembered by the texts, the
 * options and the tool's version, so what has not changed is not read again; a complaint is always made anew.
 * Throws E0901 when the tool is missing, E0903 when it takes too long.
 */
export async function lintModule(
  tool: LintTool,
  top: string,
  texts: readonly { readonly module: string; readonly text: string }[],
  options: LintOptions = {},
): Promise<LintVerdict> {
  const found = (await requireTools(tool))[tool];
  const waivers = tool === 'verilator' && options.waivers !== undefined ? [{ path: 'waivers.vlt', text: options.waivers }] : [];
  const files = [...waivers, ...texts.map(({ module, text }) => ({ path: `${module}.sv`, text }))];
  const paths = files.map(({ path }) => path);
  const script = tool === 'yosys' ? yosysLint(paths, top) : '';
  const args = {
    verilator: ['--lint-only', '-Wall', '--top-module', top, ...paths],
    iverilog: ['-g2012', '-Wall', '-tnull', '-s', top, ...paths],
    yosys: ['-q', SCRIPT],
  }[tool];
  let seconds = 0;
  const inputs = [found.command, found.version, String(options.limitGb), script, ...args, ...files.map(({ text }) => text)];
  const make = () =>
    withScratch('lint', async (dir) => {
      for (const { path, text } of [...files, { path: SCRIPT, text: script }]) await writeAtomic(join(dir, path), text);
      const answer = await listen(found, args, dir, options);
      seconds = answer.seconds;
      return answer.said;
    });
  const { text: said } = await cachedText('lint', inputs, make, (text) => text === '');
  return { said, seconds };
}

const SCRIPT = 'lint.ys';

async function listen({ command }: Tool, args: readonly string[], cwd: string, { limitGb, timeoutSeconds = 1800 }: LintOptions) {
  const words =
    limitGb === undefined ? [command, ...args] : ['sh', '-c', `ulimit -v ${limitGb * 2 ** 20} && exec "$0" "$@"`, command, ...args];
  const { stdout, stderr, exitCode, seconds } = await run(words[0], words.slice(1), { cwd, accept: ANY, timeoutSeconds });
  const text = `${stdout}${stderr}`.trim();
  return { said: text === '' && exitCode !== 0 ? `exit code ${exitCode}` : text, seconds };
}

const yosysLint = (files: readonly string[], top: string): string =>
  [`read_verilog -sv ${files.join(' ')}`, `hierarchy -check -top ${top}`, 'proc', 'check -assert', ''].join('\n');

const ANY = Array.from({ length: 256 }, (_, code) => code);
