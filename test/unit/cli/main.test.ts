import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { readNpy, writeNpy } from '../../../src/base/npy.ts';
import { run } from '../../../src/tools/run.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'kiln-cli-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const kiln = async (...args: string[]) =>
  run(process.execPath, [join(root, 'src/cli/bin.js'), ...args], { cwd: scratch, env: { NO_COLOR: '1' }, accept: [0, 1, 2, 70] });
const json = async (...args: string[]) => {
  const { stdout, exitCode } = await kiln(...args, '--json');
  return { exitCode, value: JSON.parse(stdout) };
};

test('the program of the README runs from outside the repository, on data of the user', async () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  writeFileSync(join(scratch, 'energy.ts'), /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
  const x = Int32Array.from({ length: 256 }, (_, i) => 3 * i - 300);
  writeFileSync(join(scratch, 'x.npy'), writeNpy(x, [256]));
  const { exitCode, value } = await json('run', 'energy.ts', '--arch', 'tiny', '--param', 'n=256', '--in', 'x=x.npy', '--out', 'answers');
  expect(exitCode).toBe(0);
  const expected = x.reduce((sum, sample) => (Math.abs(sample) > 100 ? sum + sample * sample : sum), 0);
  expect(value).toMatchObject({ program: 'energy', arch: 'tiny', match: true, outputs: { energy: { value: expected } } });
  expect(Object.keys(value)).toEqual(
    expect.arrayContaining(['params', 'checked', 'cycles', 'bound', 'utilisation', 'units', 'seconds', 'outputs']),
  );
  expect([...readNpy(readFileSync(join(scratch, 'answers/energy.npy'))).data]).toEqual([expected]);
});

test('compile, disassemble, assemble: the same bytes, and the bitstream runs', async () => {
  const arch = ['--arch', 'demo'];
  await kiln('compile', 'innerproduct', ...arch, '--param', 'n=512', '-o', 'a.kbit');
  await kiln('disasm', 'a.kbit', ...arch, '-o', 'a.kasm');
  await kiln('asm', 'a.kasm', ...arch, '-o', 'b.kbit');
  expect(readFileSync(join(scratch, 'b.kbit')).equals(readFileSync(join(scratch, 'a.kbit')))).toBe(true);
  const { value } = await json('run', 'b.kbit', ...arch);
  expect(value).toMatchObject({ program: 'innerproduct', params: { n: 512 }, match: true });
  expect((await kiln('check', 'b.kbit', 'a.kasm', ...arch)).exitCode).toBe(0);
});

test('rtl writes what it lists', async () => {
  const { value } = await json('rtl', 'tiny', '-o', 'rtl');
  for (const file of value.files) expect(readFileSync(join(scratch, 'rtl', file), 'utf8').length).toBeGreaterThan(0);
  expect(value.files).toContain('rtl/kiln_top.sv');
});

test('every command has help with an example', async () => {
  const names = ['rtl', 'check', 'compile', 'run', 'disasm', 'asm', 'explain', 'list', 'view', 'demo', 'bench'];
  const texts = await Promise.all(names.map(async (name) => (await kiln(name, '--help')).stdout));
  for (const [i, text] of texts.entries()) expect(text).toMatch(new RegExp(`Example:\\n  \\$ kiln ${names[i]}`));
});

test('an error in JSON is one object too', async () => {
  const { exitCode, value } = await json('run', 'gemm', '--arch', 'demo', '--param', 'm=0');
  expect(exitCode).toBe(1);
  expect(value).toMatchObject({ ok: false, diagnostics: [{ code: 'E0261' }] });
});
