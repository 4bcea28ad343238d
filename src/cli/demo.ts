/** What `npm start` shows: two programs on data in files, answered three times. */
import { join } from 'node:path';
import { writeNpy } from '../base/npy.ts';
import { Rng } from '../base/rng.ts';
import type { Built } from '../sweep/point/build.ts';
import { writeAtomic } from '../tools/files.ts';

export interface Showcase {
  readonly title: string;
  readonly program: string;
  readonly params: Readonly<Record<string, string>>;
}

export const SHOWCASES: readonly Showcase[] = [
  { title: 'GEMM: the product of two 64x64 matrices of float32', program: 'gemm', params: { m: '64', n: '64', k: '64', copies: '2' } },
  { title: 'TPC-H query 6 on a table of 16384 line items', program: 'tpchq6', params: { n: '16384' } },
];

/** Writes what the program's generator draws as `.npy` files, as if a user had brought them; returns the file of each array. */
export async function writeData(directory: string, { program, params, loops }: Built): Promise<Record<string, string>> {
  const { arrays } = program.data(params, new Rng(`demo/${program.name}`));
  const files: Record<string, string> = {};
  for (const { name, shape, role } of loops.dram) {
    if (role === 'out') continue;
    files[name] = join(directory, `${name}.npy`);
    await writeAtomic(files[name], writeNpy(arrays[name], shape));
  }
  return files;
}
