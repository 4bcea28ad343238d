import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { type RunOptions, run } from '../../../src/tools/run.ts';

const node = (script: string, options?: RunOptions) => run(process.execPath, ['-e', script], options);

async function failure(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(DiagnosticError);
  return (error as DiagnosticError).diagnostics[0];
}

test('output and input pass through as they are', async () => {
  const script = 'process.stdin.pipe(process.stdout); console.error("e")';
  expect(await node(script, { input: 'a\n' })).toMatchObject({ stdout: 'a\n', stderr: 'e\n', exitCode: 0 });
});

test('a failure tells the command, the end of its output and the remedy', async () => {
  const script = 'for (let i = 0; i < 50; i++) console.error("line " + i); process.exitCode = 3';
  const d = await failure(node(script, { remedy: 'do this' }));
  expect(d).toMatchObject({ code: 'E0902', message: 'a command failed (exit code 3)', help: 'do this' });
  expect(d.notes[0]).toContain('line ');
  expect(d.notes[1].split('\n')).toHaveLength(21);
  expect(d.notes[1]).toMatch(/line 49$/);
});

test('an accepted exit code is no failure', async () => {
  expect(await node('process.exitCode = 3', { accept: [0, 3] })).toMatchObject({ exitCode: 3 });
});

test('a time-out ends the command and what it started', async () => {
  const script = `
    const { spawn } = require('node:child_process');
    console.log(spawn('sleep', ['60'], { stdio: 'ignore' }).pid);
    setTimeout(() => {}, 60000);`;
  const d = await failure(node(script, { timeoutSeconds: 1 }));
  expect(d).toMatchObject({ code: 'E0903', message: 'a command did not end within 1 s' });
  const pid = Number(/\d+$/.exec(d.notes[1])?.[0]);
  await expect.poll(() => isRunning(pid)).toBe(false);
});

test('a command that does not exist is named', async () => {
  const d = await failure(run('kiln-no-such-program', []));
  expect(d).toMatchObject({ code: 'E0904' });
  expect(d.message).toContain('`kiln-no-such-program` is not installed');
});

async function isRunning(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(pid)], { accept: [0, 1] });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
