/**
 * Whether tools that read SystemVerilog accept the RTL of a fabric without a word. A tile is the same wherever it stands, so
 * tools that would look at every instance get each kind of tile by itself and the top with tiles that are only their ports:
 * that bounds time and memory for a fabric of any size. Verilator gets the whole as well where that is small, and so
 * sees loops through several tiles.
 */
import { type Diagnostic, errorDiagnostic } from '../../base/diagnostic.ts';
import { indent } from '../../base/text.ts';
import type { ModuleSignature } from '../../rtl/signature.ts';
import { type LintOptions, type LintTool, type LintVerdict, lintModule } from './module.ts';

export { LINT_TOOLS, type LintTool } from './module.ts';

export interface LintInput {
  readonly top: string;
  /** How many tiles the top has, by which Verilator gets it whole or in pieces; in pieces when nothing is said. */
  readonly tileCount?: number;
  readonly modules: readonly ModuleSignature[];
  /** The text of a module. */
  readonly textOf: (module: string) => string;
  /** A Verilator configuration, read before the modules. */
  readonly waivers: string;
}

/** A module that was looked at, with all below it. */
export interface LintPiece extends LintVerdict {
  readonly tool: LintTool;
  readonly module: string;
}

/** Tiles by this name are looked at apart. */
const TILE = /^kiln_tile_/;
/** Tiles that Verilator elaborates together: it copies every instance, at up to 4 MB a tile (12 GB for 40x32 units). */
const WHOLE = 64;

/** Runs one tool over the fabric. Throws E0901 when it is missing, E0903 when it takes too long. */
export async function lintRtl(tool: LintTool, input: LintInput, options: LintOptions = {}): Promise<LintPiece[]> {
  const byName = new Map(input.modules.map((module) => [module.name, module]));
  const tiles = input.modules.map(({ name }) => name).filter((name) => TILE.test(name));
  const whole = tool === 'verilator' && (tiles.length === 0 || (input.tileCount ?? WHOLE + 1) <= WHOLE);
  const tops = whole ? [input.top] : [input.top, ...tiles];
  const pieces: LintPiece[] = [];
  for (const module of tops) {
    const apart = (name: string) => !whole && name !== module && TILE.test(name);
    const texts = [...below(module, byName, apart)].map((name) => ({
      module: name,
      text: apart(name) ? portsOnly(byName.get(name) as ModuleSignature) : input.textOf(name),
    }));
    pieces.push({ tool, module, ...(await lintModule(tool, module, texts, { waivers: input.waivers, ...options })) });
  }
  return pieces;
}

/** A module and all it instantiates, parts first; nothing below those that are `apart`. */
function below(top: string, modules: ReadonlyMap<string, ModuleSignature>, apart: (name: string) => boolean): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    if (!apart(name)) modules.get(name)?.uses.forEach(visit);
    found.add(name);
  };
  visit(top);
  return found;
}

/** A module with the ports of another one and nothing behind them. */
export function portsOnly({ name, ports }: ModuleSignature): string {
  const lines = ports.map(
    ({ direction, width, name: port }) => `  ${direction} logic${width === 1 ? '' : ` [${Number(width) - 1}:0]`} ${port}`,
  );
  const of = (direction: string) => ports.filter((port) => port.direction === direction).map((port) => port.name);
  return [
    `module ${name} (`,
    lines.join(',\n'),
    ');',
    ...of('output').map((port) => `  assign ${port} = '0;`),
    '  logic unused;',
    `  assign unused = ^{${of('input').join(', ')}};`,
    'endmodule',
    '',
  ].join('\n');
}

/** E0951: a tool complains about generated RTL. */
export function rtlComplaint({ tool, module, said: text }: LintPiece): Diagnostic {
  return errorDiagnostic('E0951', `${tool} complains about \`${module}\``, {
    notes: [`it says\n${indent(text.split('\n').slice(0, 20).join('\n'))}`],
    help: 'generated RTL should pass without a word: this is a bug in kiln; report it with the architecture file and the version of the tool',
  });
}
