import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { DiagnosticError } from '../base/diagnostic.ts';
import { cacheDirectory, readBytes } from './files.ts';
import { withLock } from './lock.ts';
import { blocksFlattened } from './messages.ts';
import { run } from './run.ts';
import { findTool, requireTools, type Tool } from './versions.ts';

export interface VerilatorOptions {
  /** Where relative names of files are looked up. */
  readonly dir: string;
  /** The top module; the C++ includes `V<top>.h`. */
  readonly top: string;
  /** SystemVerilog files in the order Verilator reads them. */
  readonly fileList: readonly string[];
  /** C++ sources, with one `main`. None: the model is built as a library. */
  readonly cpp: readonly string[];
  /** Models built as libraries that the C++ sources include and link. */
  readonly libraries?: readonly VerilatorBuild[];
  /** C++ headers the sources include by a name relative to themselves. */
  readonly headers?: readonly string[];
  /** Builds modules marked `hier_block` (in the text or in the waiver file) apart; fails when one is flattened. */
  readonly hierarchical: boolean;
  readonly trace: 'none' | 'vcd' | 'fst';
  /** Parallel compilations, by default one per processor. Does not change the result. */
  readonly jobs?: number;
  /** A `.vlt` file, read first. */
  readonly waiver?: string;
  readonly extraCFlags?: readonly string[];
  /** Preprocessor names for the SystemVerilog text. */
  readonly defines?: Readonly<Record<string, string>>;
  /** Threads of the simulation: pays for long runs of a large flat build. */
  readonly threads?: number;
  /** What X becomes: `fast` picks what is cheap, `unique` draws from the seed given at run time (`+verilator+seed+`). */
  readonly unknowns?: 'fast' | 'unique';
  readonly extraFlags?: readonly string[];
  readonly timeoutSeconds?: number;
  /** Told what goes on: `waiting`, `verilating`, `compiling`. */
  readonly onProgress?: (step: string) => void;
}

/** What is known of a build; kept beside the binary. */
export interface BuildFacts {
  readonly top: string;
  readonly seconds: { readonly verilate: number; readonly compile: number };
  /** The hierarchical blocks as Verilator named them (parameters make variants). */
  readonly blocks: readonly string[];
  /** Bytes of C++ made for the top alone: small when the hierarchy took effect. */
  readonly topCppBytes: number;
  readonly tools: Readonly<Record<string, string>>;
}

export interface VerilatorBuild extends BuildFacts {
  /** The program, or the archive of a library (its header lies beside it). */
  readonly binary: string;
  readonly key: string;
  /** True when nothing had to be built. */
  readonly cached: boolean;
}

/**
 * Verilates and compiles a simulation, or finds it in the cache. The key covers the content of every file, the tools'
 * versions and all flags. A build happens in a directory of its own that is renamed at the end, so an interrupted one
 * leaves nothing behind that could be taken for a result.
 */
export async function buildVerilator(options: VerilatorOptions): Promise<VerilatorBuild> {
  const { verilator, compiler } = await requireTools('verilator', 'compiler', 'make');
  const inputs = await readInputs(options);
  const flags = verilatorFlags(options, compiler);
  const libraries = options.libraries?.map((library) => library.key) ?? [];
  const key = keyOf({ inputs, flags: [...flags, ...libraries], tools: [verilator, compiler] });
  const cache = cacheDirectory('verilator');
  const home = join(cache, key);
  const hit = await readBuild(home, options);
  if (hit) return { ...hit, key, cached: true };

  return withLock(
    `${home}.lock`,
    async () => {
      const meanwhile = await readBuild(home, options);
      if (meanwhile) return { ...meanwhile, key, cached: true };
      await removeLeftovers(cache, key);
      const work = join(cache, `tmp-${key}-${process.pid}`);
      try {
        await build(work, { options, inputs, flags, verilator, compiler });
        await rename(work, home).catch(async (error) => {
          if (!(await readBuild(home, options))) throw error;
        });
      } finally {
        await rm(work, { recursive: true, force: true });
      }
      const made = await readBuild(home, options);
      if (!made) throw new Error(`the build in ${home} disappeared`);
      return { ...made, key, cached: false };
    },
    { onWait: () => options.onProgress?.('waiting for another process that builds the same') },
  );
}

type Role = 'verilog' | 'cpp' | 'header' | 'waiver';

interface Input {
  readonly role: Role;
  /** The name inside the build directory. */
  readonly name: string;
  readonly content: Buffer;
}

interface Job {
  readonly options: VerilatorOptions;
  readonly inputs: readonly Input[];
  readonly flags: readonly string[];
  readonly verilator: Tool;
  readonly compiler: Tool;
}

/** All inputs, under names that do not depend on where the sources lie: the build and its cache key never see that. */
function readInputs({ dir, waiver, fileList, cpp, headers = [] }: VerilatorOptions): Promise<Input[]> {
  const read = async (role: Role, path: string, index: number): Promise<Input> => {
    const outside = isAbsolute(path) || path.split(/[\\/]/).includes('..');
    const name = outside ? `outside/${role}${index}/${basename(path)}` : path;
    return { role, name: `in/${name}`, content: await readBytes(resolve(dir, path), role === 'verilog' ? 'Verilog file' : `${role} file`) };
  };
  return Promise.all([
    ...(waiver ? [read('waiver', waiver, 0)] : []),
    ...fileList.map((path, i) => read('verilog', path, i)),
    ...cpp.map((path, i) => read('cpp', path, i)),
    // Headers from elsewhere lie together with the C++ from elsewhere only by luck, so `-I` finds them.
    ...headers.map((path, i) => read('header', path, i)),
  ]);
}

function verilatorFlags(options: VerilatorOptions, compiler: Tool): string[] {
  const unknowns = options.unknowns ?? 'fast';
  return [
    ...['--cc', ...(options.cpp.length > 0 ? ['--exe'] : []), '--top-module', options.top, '-Mdir', 'obj'],
    ...['-O3', '--x-assign', unknowns, '--x-initial', unknowns, '--noassert'],
    ...['--output-split', '20000', '--output-split-cfuncs', '2000'],
    ...(compiler.command === 'clang++' ? ['--compiler', 'clang'] : []),
    ...(options.hierarchical ? ['--hierarchical'] : []),
    ...{ none: [], vcd: ['--trace'], fst: ['--trace-fst'] }[options.trace],
    ...(options.threads ? ['--threads', String(options.threads)] : []),
    ...Object.entries(options.defines ?? {}).map(([name, value]) => (value === '' ? `-D${name}` : `-D${name}=${value}`)),
    ...(options.extraCFlags ?? []).flatMap((flag) => ['-CFLAGS', flag]),
    ...(options.extraFlags ?? []),
  ];
}

function makeFlags(compiler: Tool, ccache: Tool | undefined): string[] {
  const clang = compiler.command === 'clang++';
  return [
    ...[`CXX=${compiler.command}`, `LINK=${compiler.command}`, 'OPT_FAST=-O1', 'OPT_SLOW=-O0', 'OPT_GLOBAL=-Os'],
    // Verilator's own list of warning flags is made for the compiler it was built with.
    ...(clang ? ['CFG_CXXFLAGS_NO_UNUSED='] : []),
    ...(ccache ? [`OBJCACHE=${ccache.command}`] : []),
  ];
}

async function build(work: string, { options, inputs, flags, verilator, compiler }: Job): Promise<void> {
  const { top, timeoutSeconds = 1800 } = options;
  for (const { name, content } of inputs) {
    await mkdir(join(work, name, '..'), { recursive: true });
    await writeFile(join(work, name), content);
  }
  options.onProgress?.('verilating');
  const includes = [...new Set(inputs.filter(({ role }) => role === 'header').map(({ name }) => `-I../${join(name, '..')}`))];
  const files = inputs.filter(({ role }) => role !== 'header').map(({ name }) => name);
  const remedy = 'read the messages above: they name the files as they lie in the build directory, under `in/`';
  const libraries = options.libraries ?? [];
  for (const { binary } of libraries) includes.push(`-I${dirname(binary)}`);
  const args = [...flags, ...includes.flatMap((flag) => ['-CFLAGS', flag]), ...files, ...libraries.map(({ binary }) => binary)];
  const verilated = await run(verilator.command, args, { cwd: work, timeoutSeconds, remedy });

  options.onProgress?.('compiling');
  const ccache = await findTool('ccache');
  const makefile = options.hierarchical && (await exists(join(work, `obj/V${top}_hier.mk`))) ? `V${top}_hier.mk` : `V${top}.mk`;
  const blocks = await blocksOf(join(work, 'obj'), makefile);
  if (options.hierarchical) checkBlocks(inputs, blocks);
  const jobs = options.jobs ?? availableParallelism();
  const isLibrary = options.cpp.length === 0;
  const make = ['-C', 'obj', '-f', makefile, `-j${jobs}`, ...makeFlags(compiler, ccache), ...(isLibrary ? [`V${top}__ALL.a`] : [])];
  // The build directory's name changes with the process; ccache must not notice.
  const env = { CCACHE_BASEDIR: work, CCACHE_NOHASHDIR: '1' };
  const compiled = await run('make', make, { cwd: work, env, timeoutSeconds, remedy });

  const facts: BuildFacts = {
    top,
    seconds: { verilate: verilated.seconds, compile: compiled.seconds },
    blocks,
    topCppBytes: await cppBytes(join(work, 'obj'), top),
    tools: { verilator: verilator.version, [compiler.command]: compiler.version },
  };
  await cp(join(work, 'obj', isLibrary ? `V${top}__ALL.a` : `V${top}`), join(work, binaryName(options)));
  if (isLibrary) await cp(join(work, 'obj', `V${top}.h`), join(work, `V${top}.h`));
  await rm(join(work, 'obj'), { recursive: true });
  await writeFile(join(work, 'build.json'), `${JSON.stringify(facts, null, 2)}\n`);
}

async function blocksOf(obj: string, makefile: string): Promise<string[]> {
  if (!makefile.endsWith('_hier.mk')) return [];
  const text = await readFile(join(obj, makefile), 'utf8');
  return [...text.matchAll(/^\tV(\S+)\/lib\S+\.a \\$/gm)].map(([, name]) => name).sort();
}

/** Every module marked as a block must have become one: the name alone, or with Verilator's suffix for its parameters. */
function checkBlocks(inputs: readonly Input[], blocks: readonly string[]): void {
  const flat = markedBlocks(inputs).filter((name) => !blocks.some((block) => block === name || block.startsWith(`${name}__`)));
  if (flat.length > 0) throw new DiagnosticError(blocksFlattened(flat));
}

function markedBlocks(inputs: readonly Input[]): string[] {
  const marked: string[] = [];
  for (const { role, content } of inputs) {
    if (role === 'cpp' || role === 'header') continue;
    const text = content.toString('utf8');
    if (!text.includes('hier_block')) continue;
    for (const [, name] of text.matchAll(/^\s*hier_block\s+-module\s+"([^"]+)"/gm)) marked.push(name);
    for (const [body, name] of text.matchAll(/^\s*module\s+(\w+)[\s\S]*?^\s*endmodule\b/gm)) {
      if (/verilator\s+hier_block/.test(body)) marked.push(name);
    }
  }
  return marked;
}

async function cppBytes(obj: string, top: string): Promise<number> {
  const names = (await readdir(obj)).filter((name) => name.startsWith(`V${top}`) && name.endsWith('.cpp') && !name.includes('__ALL'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(obj, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What a build leaves: the program, or the archive. */
const binaryName = ({ top, cpp }: Pick<VerilatorOptions, 'top' | 'cpp'>): string => (cpp.length > 0 ? `V${top}` : `V${top}__ALL.a`);

async function readBuild(home: string, options: VerilatorOptions): Promise<(BuildFacts & { binary: string }) | undefined> {
  const text = await readFile(join(home, 'build.json'), 'utf8').catch(() => undefined);
  const binary = join(home, binaryName(options));
  if (text === undefined || !(await exists(binary))) return undefined;
  return { ...(JSON.parse(text) as BuildFacts), binary };
}

/** What an interrupted build of the same key left; the lock says that nobody is at work on it. */
async function removeLeftovers(cache: string, key: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => name.startsWith(`tmp-${key}-`));
  await Promise.all([key, ...names].map((name) => rm(join(cache, name), { recursive: true, force: true })));
}

function keyOf({ inputs, flags, tools }: { inputs: readonly Input[]; flags: readonly string[]; tools: readonly Tool[] }): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ format: 1, flags, make: makeFlags(tools[1], undefined), tools }));
  for (const { role, name, content } of inputs) hash.update(`\n${role} ${name} ${content.length}\n`).update(content);
  return hash.digest('hex').slice(0, 24);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
