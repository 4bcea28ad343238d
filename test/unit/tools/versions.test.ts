import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../../src/tools/files.ts';
import { toolsMissing } from '../../../src/tools/messages.ts';
import { findTools, requireTools } from '../../../src/tools/versions.ts';

test('the tools the tests need are there', async () => {
  const tools = await requireTools('verilator', 'compiler', 'make', 'yosys', 'iverilog');
  for (const { command, version } of Object.values(tools)) expect(`${command} ${version}`).toMatch(/^[\w+]+ \d+\.\d+/);
  expect(await findTools()).toMatchObject(tools);
});

test('all that is missing is told at once, with one command', () => {
  const d = toolsMissing([
    { needs: 'verilator >= 5.006', packages: ['verilator', 'zlib1g-dev'], found: '4.038' },
    { needs: 'yosys', packages: ['yosys'], otherwise: 'npm install yosys' },
  ]);
  expect(d).toMatchObject({
    code: 'E0901',
    message: 'needed programs are not installed: `verilator >= 5.006`, `yosys`',
    notes: ['version 4.038 was found where `verilator >= 5.006` is needed'],
    help: 'run `sudo apt-get update && sudo apt-get install -y verilator zlib1g-dev yosys`, or `npm install yosys`',
  });
});

test('without any Yosys `kiln synth` says how to get one', async () => {
  const args = [join(repositoryRoot, 'src/cli/bin.js'), 'synth', 'tiny', '--unit', 'loader'];
  const failed = await promisify(execFile)(process.execPath, args, { env: { PATH: '/nowhere' } }).then(
    () => '',
    ({ stderr }: { stderr: string }) => stderr,
  );
  expect(failed).toMatch(/^error\[E0901\]: a needed program is not installed: `yosys`$/m);
  expect(failed).toMatch(/or `npm install --no-save @yowasp\/yosys@/);
});

test('bootstrap.mjs, which stands alone, names the same packages', () => {
  const packages = (file: string) =>
    [...readFileSync(join(repositoryRoot, 'src/tools', file), 'utf8').matchAll(/packages: \[([^\]]*)\]/g)].map(([, list]) => list).sort();
  expect(packages('bootstrap.mjs')).toEqual(packages('versions.ts'));
});
