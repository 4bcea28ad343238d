import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withLock } from '../../../src/tools/lock.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kiln-lock-'));
});
afterAll(() => rm(dir, { recursive: true }));

test('work under one lock never overlaps, and the lock goes away', async () => {
  const path = join(dir, 'a.lock');
  let inside = 0;
  let most = 0;
  let waits = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await sleep(20);
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(path, work, { onWait: () => waits++ })));
  expect({ most, waits }).toEqual({ most: 1, waits: 2 });
  expect(existsSync(path)).toBe(false);
});

test('a lock is given up when the work fails', async () => {
  const path = join(dir, 'b.lock');
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('the lock of a dead process is taken over', async () => {
  const path = join(dir, 'c.lock');
  await writeFile(path, `4194304999 ${hostname()}\n`);
  expect(await withLock(path, async () => 'done')).toBe('done');
});
