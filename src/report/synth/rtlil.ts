/**
 * The text Yosys keeps a design in (RTLIL), cut into its modules: each is synthesised by itself, so that memory is bounded
 * by the largest module, several run at once, and a module that has not changed need not run again.
 */

export interface ElaboratedModule {
  /** As Yosys has it, parameters and all. */
  readonly name: string;
  /** Only what other modules have to know: a black box. */
  readonly stub: string;
  readonly text: string;
  /** Names of the modules it instantiates. */
  readonly uses: readonly string[];
  /** Bits of its memories. */
  readonly memoryBits: number;
  readonly blackBox: boolean;
}

/** What a module is called where it is synthesised by itself. */
export const JOB_MODULE = 'kiln_job';

/** The modules of a design that `write_rtlil` wrote. */
export function splitRtlil(text: string): Map<string, ElaboratedModule> {
  const found = new Map<string, ElaboratedModule>();
  const blocks = text.matchAll(/^((?:attribute .*\n)*)module (\S+)\n([\s\S]*?)^end$/gm);
  for (const { 1: attributes, 2: id, 3: body } of blocks) {
    const name = plainName(id);
    const lines = body.split('\n').filter((line) => !/^\s*attribute \\src /.test(line));
    const ports = lines.filter((line) => /^ {2}wire .*\b(input|output|inout) \d+ /.test(line));
    const types = lines.map((line) => /^ {2}cell (\S+) /.exec(line)?.[1]).filter((type) => type !== undefined);
    const memories = lines.map((line) => /^ {2}memory (.*)/.exec(line)?.[1]).filter((memory) => memory !== undefined);
    found.set(name, {
      name,
      stub: `attribute \\blackbox 1\nmodule ${id}\n${ports.join('\n')}\nend\n`,
      text: renumbered(`module \\${JOB_MODULE}\n${lines.join('\n')}end\n`),
      uses: [...new Set(types.filter(isModule).map(plainName))].sort(),
      memoryBits: memories.reduce((sum, memory) => sum + option(memory, 'width') * option(memory, 'size'), 0),
      blackBox: /^attribute \\blackbox 1$/m.test(attributes),
    });
  }
  return found;
}

/** What Yosys reads to synthesise one module: it and black boxes of what it instantiates. */
export function jobText(module: ElaboratedModule, modules: ReadonlyMap<string, ElaboratedModule>): string {
  return ['autoidx 1000000\n', ...module.uses.map((used) => modules.get(used)?.stub ?? ''), module.text].join('');
}

const plainName = (id: string): string => id.replace(/^\\/, '');
/** Cells of Yosys's own have names that begin with `$` and hold no backslash. */
const isModule = (type: string): boolean => type.startsWith('\\') || type.includes('\\');
const option = (memory: string, name: string): number => Number(new RegExp(`\\b${name} (\\d+)`).exec(memory)?.[1] ?? 1);

/** Numbers that Yosys gave names count through the whole design; counted from the module's beginning they stay when another module changes. */
function renumbered(text: string): string {
  const numbers = new Map<string, number>();
  return text.replace(/\$(\d+)(?=[\s_[\\.:"]|$)/gm, (_, number: string) => {
    const known = numbers.get(number) ?? numbers.size + 1;
    numbers.set(number, known);
    return `$${known}`;
  });
}
