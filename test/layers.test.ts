import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { Digraph, findCycle } from '../src/base/digraph.ts';
import { repositoryRoot } from '../src/tools/files.ts';

interface Layer {
  /** Folders, or single files of a folder (`rtl/signature`), it may import; its own folder always. */
  readonly may: readonly string[];
  readonly why: string;
}

const lower = [
  'base',
  'ops',
  'arch',
  'ir',
  'fabric',
  'frontend',
  'bitstream',
  'compiler',
  'rtl',
  'programs',
  'sim',
  'tools',
  'cosim',
  'report',
];

/** Who may import whom. An import of a folder or file that is not listed fails, with the reason. */
const layers: Readonly<Record<string, Layer>> = {
  base: { may: [], why: 'base stands under everything and knows nothing of ours' },
  ops: { may: ['base'], why: 'operations are numbers to numbers: no fabric, no Verilog, no IR' },
  arch: { may: ['base', 'ops'], why: 'an architecture is parsed from text: no files, no IR, no Verilog' },
  ir: { may: ['base', 'ops'], why: 'IRs do not know the fabric; mapped IR carries opaque ids' },
  fabric: { may: ['base', 'ops', 'arch'], why: 'the fabric knows neither programs nor Verilog' },
  frontend: { may: ['base', 'ops', 'ir'], why: 'programs are written without an architecture in sight' },
  bitstream: { may: ['base', 'ops', 'fabric'], why: 'bits know words and fields: no IR, no RTL, no simulator' },
  compiler: { may: ['base', 'ops', 'arch', 'ir', 'fabric'], why: 'the compiler sees neither bits nor Verilog nor files' },
  rtl: {
    may: ['base', 'ops/table', 'ops/seeds', 'arch', 'fabric'],
    why: 'RTL shares shape with the simulator, never behaviour: not ops/eval, not sim, no IR',
  },
  programs: { may: ['base', 'ops', 'ir', 'frontend', 'index'], why: 'shipped programs are written as a user writes them' },
  sim: {
    may: ['base', 'ops', 'fabric', 'bitstream'],
    why: 'the golden simulator runs from the bitstream, and is the second witness against rtl',
  },
  tools: { may: ['base'], why: 'tools run programs and hold files, and know nothing of what is in them' },
  cosim: {
    may: ['base', 'fabric', 'bitstream', 'rtl/emit', 'rtl/signature', 'rtl/env', 'sim/trace', 'sim/dram-profile', 'tools'],
    why: 'the harness builds what rtl/emit prints and compares traces: of sim it sees the trace and the numbers of the DRAM, never the machine',
  },
  report: { may: ['base', 'fabric', 'ir', 'rtl/signature', 'tools'], why: 'reports measure what was made, and do not simulate' },
  viewer: { may: ['base', 'fabric', 'ir', 'bitstream', 'sim/trace'], why: 'the viewer is geometry: no tools, no files' },
  sweep: { may: lower, why: 'a sweep drives everything but the viewer, and is driven by the command line' },
  cli: { may: [...lower, 'viewer', 'sweep', 'index'], why: 'the command line may import all, and nobody imports it' },
  index: { may: ['base', 'ir', 'frontend'], why: 'the public door opens on what a program is written with' },
};

/** Only the command line and the tools touch processes, files and the network. */
const hands = ['cli', 'tools'];
const excepted: Readonly<Record<string, string>> = {
  'rtl/env.ts': 'reads templates/',
  'programs/suite/lut.ts': 'reads the table of FileLUTTest',
};
const machine = ['fs', 'child_process', 'net', 'http', 'https', 'os', 'worker_threads', 'cluster', 'dgram', 'tty', 'readline', 'process'];

interface Import {
  readonly from: string;
  /** Ours relative to `src`; packages by their name. */
  readonly to: string;
  readonly relative: boolean;
}

const files = sources(join(repositoryRoot, 'src'));
const imports = files.flatMap(importsOf);

test('every folder of src has a row', () => {
  expect([...new Set(files.map(folderOf))].filter((folder) => !Object.hasOwn(layers, folder))).toEqual([]);
});

test('rows name folders that have rows, and form no cycle', () => {
  const edges = Object.entries(layers).flatMap(([from, { may }]) => may.map((to) => [from, to.split('/')[0]] as const));
  expect(edges.filter(([, to]) => !Object.hasOwn(layers, to))).toEqual([]);
  expect(findCycle(Digraph.from(edges))).toEqual([]);
});

test('a folder imports only what its row lists', () => {
  const wrong = imports.filter(isOurs).filter(({ from, to }) => !isAllowed(from, to));
  expect(wrong.map(({ from, to }) => `src/${from} imports src/${to}: ${layers[folderOf(from)].why}`)).toEqual([]);
});

test('the imports there are form no cycle between folders', () => {
  const edges = imports.filter(isOurs).map(({ from, to }) => [folderOf(from), folderOf(to)] as const);
  expect(findCycle(Digraph.from(edges.filter(([from, to]) => from !== to)))).toEqual([]);
});

test('relative imports name files that exist, with their extension', () => {
  const wrong = imports.filter((found) => found.relative && !isOurs(found));
  expect(wrong.map(({ from, to }) => `src/${from} imports src/${to}, which does not exist`)).toEqual([]);
});

test('only cli and tools touch processes and files', () => {
  const wrong = imports.filter(({ from, to }) => {
    const module = to.replace(/^node:/, '').split('/')[0];
    return machine.includes(module) && !hands.includes(folderOf(from)) && !Object.hasOwn(excepted, from);
  });
  expect(wrong.map(({ from, to }) => `src/${from} imports ${to}: only ${hands.join(' and ')} reach outside the process`)).toEqual([]);
});

test('what installs the packages needs none of them', () => {
  const wrong = imports.filter(
    ({ from, to }) => (from === 'tools/bootstrap.mjs' && !to.startsWith('node:')) || to.endsWith('bootstrap.mjs'),
  );
  expect(wrong).toEqual([]);
});

test('the table refuses what it should', () => {
  expect(isAllowed('cosim/compare.ts', 'sim/trace.ts')).toBe(true);
  expect(isAllowed('cosim/compare.ts', 'sim/machine.ts')).toBe(false);
  expect(isAllowed('rtl/emit.ts', 'ops/eval.ts')).toBe(false);
  expect(isAllowed('sim/step.ts', 'rtl/names.ts')).toBe(false);
  expect(isAllowed('sweep/run.ts', 'cli/main.ts')).toBe(false);
  expect(isAllowed('programs/dot.ts', 'index.ts')).toBe(true);
});

function isAllowed(from: string, to: string): boolean {
  const folder = folderOf(from);
  const target = to.replace(/\.\w+$/, '');
  return folderOf(to) === folder || layers[folder].may.some((allowed) => target === allowed || target.startsWith(`${allowed}/`));
}

/** Relative to `src`: the first folder, or the name of a file that lies in none (`index`). */
function folderOf(file: string): string {
  return file.split('/')[0].replace(/\.\w+$/, '');
}

function isOurs({ to }: Import): boolean {
  return files.includes(to);
}

function sources(root: string): string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(ts|js|mjs)$/.test(name))
    .sort();
}

/** Every module a file names in `import`, `export … from` and `import()`, ours relative to `src`. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(repositoryRoot, 'src', file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const names = [...text.matchAll(/(?:\bfrom\s*|^\s*import\s+|\bimport\s*\(\s*)(['"])([^'"\n]+)\1/gm)].map((match) => match[2]);
  return names.map((name) => ({ from: file, to: target(file, name), relative: name.startsWith('.') }));
}

function target(file: string, name: string): string {
  if (name === 'kiln') return 'index.ts';
  return name.startsWith('.') ? relative('.', join(dirname(file), name)).replaceAll('\\', '/') : name;
}
