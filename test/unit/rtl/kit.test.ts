/** The hand-off kit: complete, consistent with the RTL beside it, and accepted by those who read such files. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { REGISTERS } from '../../../src/fabric/register-map.ts';
import { emitRtl, modulePath, RTL_PATHS, SIMULATION_ONLY, TOP_MODULE } from '../../../src/rtl/emit.ts';
import type { ModuleSignature } from '../../../src/rtl/signature.ts';
import { untidy } from '../../../src/rtl/tidy.ts';
import { writeAtomic } from '../../../src/tools/files.ts';
import { run } from '../../../src/tools/run.ts';
import { withScratch } from '../../../src/tools/scratch.ts';
import { requireTools } from '../../../src/tools/versions.ts';
import { fabricNamed } from '../../support/fabric.ts';

const filesOf = (name: string) => new Map(emitRtl(fabricNamed(name)).map(({ path, text }) => [path, text]));
const tiny = filesOf('tiny');
const text = (path: string) => tiny.get(path) as string;
const modules = (JSON.parse(text(RTL_PATHS.signature)) as { modules: ModuleSignature[] }).modules;
const top = modules.find(({ name }) => name === TOP_MODULE) as ModuleSignature;

test.each(['tiny', 'demo', 'plasticine', 'sn10'])('%s: nothing untold gets into the files', (name) => {
  const files = filesOf(name);
  for (const path of Object.values(RTL_PATHS)) {
    expect(files.has(path), path).toBe(true);
    // Markdown has long lines, and lists name files.
    if (!/\.(md|json)$/.test(path)) expect(untidy(files.get(path) as string), path).toEqual([]);
    expect(files.get(path)).not.toMatch(/undefined|NaN|\[object/);
  }
});

test('synthesis reads what simulation reads, without what only watches', () => {
  const all = text(RTL_PATHS.list).trim().split('\n');
  const synthesised = text(RTL_PATHS.synthesis).trim().split('\n');
  const watching = new Set([...SIMULATION_ONLY].map(modulePath));
  expect(synthesised).toEqual(all.filter((path) => !watching.has(path)));
  expect(synthesised.at(-1)).toBe(modulePath(TOP_MODULE));
});

test('the FuseSoC core names files that exist, all modules among them', () => {
  const [head] = text(RTL_PATHS.core).split('\n');
  expect(head).toBe('CAPI=2:');
  const core = parse(text(RTL_PATHS.core)) as {
    filesets: Record<string, { files: (string | Record<string, object>)[] }>;
    targets: Record<string, { filesets: string[] }>;
  };
  const paths = Object.values(core.filesets).flatMap(({ files }) =>
    files.map((file) => (typeof file === 'string' ? file : Object.keys(file)[0])),
  );
  expect(paths.filter((path) => !tiny.has(path))).toEqual([]);
  for (const { name } of modules) expect(paths).toContain(modulePath(name));
  for (const { filesets } of Object.values(core.targets)) for (const set of filesets) expect(Object.keys(core.filesets)).toContain(set);
});

test('every port but the clock is constrained, once, in its direction', () => {
  const found = [...text(RTL_PATHS.constraints).matchAll(/^set_(input|output)_delay .* \[get_ports \{(\w+)(\[\*\])?\}\]$/gm)];
  const constrained = found.map(([, direction, name, many]) => [name, direction, many !== undefined]);
  const ports = top.ports.filter(({ name }) => name !== 'clk_i');
  expect(constrained.sort()).toEqual(ports.map(({ name, direction, width }) => [name, direction, width !== 1]).sort());
});

test('the host port decodes the registers of the map', () => {
  const port = text(modulePath('kiln_host_port'));
  for (const { address } of Object.values(REGISTERS)) expect(port).toContain(`10'h${(address / 4).toString(16).padStart(3, '0')}`);
});

test('SystemRDL and C header agree with the map', () => {
  const rdl = [...text(RTL_PATHS.registers).matchAll(/^ {2}\} (\w+)(?:\[(\d+)\])? @ (0x\w+)(?: \+= 0x4)?;$/gm)];
  expect(rdl.map(([, name, count, address]) => [name, Number(count ?? 1), Number(address)])).toEqual(
    Object.values(REGISTERS).map((register) => [register.name, 'count' in register ? 4 : 1, register.address]),
  );
  const header = text(RTL_PATHS.header);
  for (const register of Object.values(REGISTERS)) {
    const address = new RegExp(`^#define KILN_${register.name}(?:\\(i\\))? +\\(?(0x\\w+)u`, 'm').exec(header);
    expect(Number(address?.[1])).toBe(register.address);
  }
  expect(header).toMatch(/^#define KILN_CONFIG_ADDR_BEAT_MASK +0x0fffffffu$/m);
  expect(header).toMatch(/^#define KILN_STATUS_RESIDUE_MASK +0x00000040u$/m);
});

test('the driver is C99 and C++ without a warning', async () => {
  const { compiler } = await requireTools('compiler');
  await withScratch('driver', async (dir) => {
    for (const path of [RTL_PATHS.header, RTL_PATHS.driverHeader, RTL_PATHS.driver]) await writeAtomic(join(dir, path), text(path));
    for (const language of [
      ['c', 'c99'],
      ['c++', 'c++11'],
    ]) {
      const args = ['-x', language[0], `-std=${language[1]}`, '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror', '-fsyntax-only'];
      const { stdout, stderr } = await run(compiler.command, [...args, RTL_PATHS.driver], { cwd: dir });
      expect(stdout + stderr).toBe('');
    }
  });
});

test('the datasheet tells what the fabric is', () => {
  const sheet = text(RTL_PATHS.datasheet);
  expect(sheet).toContain('```text\nH C M A\nA M C A\n```');
  for (const { name } of top.ports) if (!/^(clk_i|rst_ni)$/.test(name)) expect(sheet).toContain(`\`${name}\``);
  expect(sheet).toContain('8 memories `kiln_ram_1r1w` of 256 x 32 bits');
  expect(sheet).toContain('| pcu | 2 | ');
});
