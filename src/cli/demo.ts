/** What `npm start` shows: two programs on data in files, answered three times. */
import { join } from 'node:path';
import { writeNpy } from '../base/npy.ts';
import { Rng } from '../base/rng.ts';
import type { Words } from '../frontend/program.ts';
import { writeAtomic } from '../tools/files.ts';

export interface Showcase {
  readonly title: string;
  readonly program: string;
  readonly params: Readonly<Record<string, number>>;
  /** Arrays with their shapes, made up from a seed: what a user would have in files. */
  readonly data: (rng: Rng) => Readonly<Record<string, { readonly words: Words; readonly shape: readonly number[] }>>;
}

const SIZE = 64;
const ROWS = 16_384;

export const SHOWCASES: readonly Showcase[] = [
  {
    title: `GEMM: the product of two ${SIZE}x${SIZE} matrices`,
    program: 'suite/GEMM',
    params: { dim: SIZE, ts: 32, its: 32, ip: 8 },
    data: (rng) => ({ a: matrix(rng.fork('a')), b: matrix(rng.fork('b')) }),
  },
  {
    title: `TPC-H Q6: revenue of ${ROWS} line items, filtered by date, discount and quantity`,
    program: 'suite/TPCHQ6',
    params: { N: ROWS, ts: 512, ip: 8 },
    data: lineItems,
  },
];

function matrix(rng: Rng) {
  return { words: Int32Array.from({ length: SIZE * SIZE }, () => rng.int(-1000, 1000)), shape: [SIZE, SIZE] };
}

/** Columns of a line-item table: days since 1992, pieces, per cent, cents. */
function lineItems(rng: Rng) {
  const column = (name: string, low: number, high: number) => {
    const own = rng.fork(name);
    return { words: Int32Array.from({ length: ROWS }, () => own.int(low, high)), shape: [ROWS] };
  };
  return {
    date: column('date', -500, 10_500),
    quantity: column('quantity', 1, 50),
    discount: column('discount', 0, 10),
    price: column('price', 90_000, 105_000),
  };
}

/** Writes the arrays as `.npy` files; returns the file of each. */
export async function writeData(directory: string, { data, program }: Showcase): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [name, { words, shape }] of Object.entries(data(new Rng(`demo/${program}`)))) {
    files[name] = join(directory, `${name}.npy`);
    await writeAtomic(files[name], writeNpy(words, shape));
  }
  return files;
}
