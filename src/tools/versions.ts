import { fileURLToPath } from 'node:url';
import { DiagnosticError } from '../base/diagnostic.ts';
import { type Absent, toolsMissing } from './messages.ts';
import { run } from './run.ts';

export type ToolName = 'verilator' | 'compiler' | 'make' | 'yosys' | 'iverilog' | 'ccache';

export interface Tool {
  /** The command to run: for `compiler` clang++ or else g++. */
  readonly command: string;
  /** As the tool prints it: `5.006`, `0.23`, `14.0.6`. */
  readonly version: string;
}

interface Description {
  readonly commands: readonly string[];
  readonly flag: string;
  readonly pattern: RegExp;
  readonly atLeast?: readonly [number, number];
  readonly needs: string;
  readonly packages: readonly string[];
  /** Another way to get it, when nothing may be installed in the system. */
  readonly otherwise?: string;
}

/** Yosys as WebAssembly, for systems without one of their own; tried in this version. */
const YOSYS_WASM = '@yowasp/yosys@0.55.944';

// bootstrap.mjs holds the same names and packages: it runs before this file can.
const descriptions: Readonly<Record<ToolName, Description>> = {
  verilator: {
    commands: ['verilator'],
    flag: '--version',
    pattern: /Verilator (\d+\.\d+)/,
    atLeast: [5, 6],
    needs: 'verilator >= 5.006',
    packages: ['verilator', 'zlib1g-dev'],
  },
  compiler: { commands: ['clang++', 'g++'], flag: '--version', pattern: /(\d+\.\d+\.\d+)/, needs: 'clang++ or g++', packages: ['clang'] },
  make: { commands: ['make'], flag: '--version', pattern: /(\d+\.\d+)/, needs: 'make', packages: ['make'] },
  yosys: {
    commands: ['yosys', fileURLToPath(new URL('yosys-wasm.mjs', import.meta.url))],
    flag: '-V',
    pattern: /Yosys (\d+\.\d+)/,
    needs: 'yosys',
    packages: ['yosys'],
    otherwise: `npm install --no-save ${YOSYS_WASM}`,
  },
  iverilog: { commands: ['iverilog'], flag: '-V', pattern: /version (\d+\.\d+)/, needs: 'iverilog', packages: ['iverilog'] },
  ccache: { commands: ['ccache'], flag: '--version', pattern: /version (\d+\.\d+)/, needs: 'ccache', packages: ['ccache'] },
};

const known = new Map<ToolName, Promise<Tool | undefined>>();

/** The tool as found on the path, or undefined; asked once in the life of the process. */
export function findTool(name: ToolName): Promise<Tool | undefined> {
  let found = known.get(name);
  if (!found) known.set(name, (found = probe(descriptions[name])));
  return found;
}

/** All tools there are: for `--version` and bug reports. */
export async function findTools(): Promise<Partial<Record<ToolName, Tool>>> {
  const names = Object.keys(descriptions) as ToolName[];
  const found = await Promise.all(names.map(async (name) => [name, await findTool(name)] as const));
  return Object.fromEntries(found.filter(([, tool]) => tool !== undefined));
}

/** The tools named, or one diagnostic (E0901) with all that are missing or too old and the command that installs them. */
export async function requireTools<N extends ToolName>(...names: readonly N[]): Promise<Record<N, Tool>> {
  const found = await Promise.all(names.map(async (name) => [name, await findTool(name)] as const));
  const absent: Absent[] = [];
  for (const [name, tool] of found) {
    const { needs, packages, otherwise, atLeast } = descriptions[name];
    const way = { needs, packages, ...(otherwise ? { otherwise } : {}) };
    if (!tool) absent.push(way);
    else if (!isNewEnough(tool, atLeast)) absent.push({ ...way, found: tool.version });
  }
  if (absent.length > 0) throw new DiagnosticError(toolsMissing(absent));
  return Object.fromEntries(found) as Record<N, Tool>;
}

async function probe({ commands, flag, pattern }: Description): Promise<Tool | undefined> {
  for (const command of commands) {
    try {
      const { stdout } = await run(command, [flag], { timeoutSeconds: 20 });
      const version = pattern.exec(stdout)?.[1];
      if (version) return { command, version };
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }
  return undefined;
}

function isNewEnough(tool: Tool, atLeast: readonly [number, number] | undefined): boolean {
  if (!atLeast) return true;
  const [major, minor] = tool.version.split('.').map(Number);
  return major > atLeast[0] || (major === atLeast[0] && minor >= atLeast[1]);
}
