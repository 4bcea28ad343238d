import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LockOptions {
  /** Called once when another process holds the lock. */
  readonly onWait?: () => void;
}

/**
 * Does `work` while no other process on this machine holds the lock file. The lock of a process that has died is taken
 * over; two that take it over at once may both work, so what is done under a lock must end in an atomic rename.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, { onWait }: LockOptions = {}): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  for (let waited = 0; !(await take(path)); waited++) {
    if (waited === 0) onWait?.();
    if (await isStale(path)) await rm(path, { force: true });
    else await sleep(100);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(`${process.pid} ${hostname()}\n`);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

const hour = 3_600_000;

async function isStale(path: string): Promise<boolean> {
  const [text, info] = await Promise.all([readFile(path, 'utf8').catch(() => ''), stat(path).catch(() => undefined)]);
  if (!info) return false;
  const age = Date.now() - info.mtimeMs;
  const [pid, host] = text.trim().split(' ');
  if (!host) return age > 5000;
  return host === hostname() ? !isAlive(Number(pid)) : age > hour;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
