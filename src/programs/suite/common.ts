/** Data and arithmetic that several families share. */

export const laneParam = { default: 16, min: 1, max: 32, doc: 'lanes of the compute loop', free: 'lanes' } as const;

/** Copies in space of a loop. */
export const copiesParam = (loop: string, max = 16) =>
  ({ default: 1, min: 1, max, doc: `copies of the loop ${loop}`, free: 'copies' }) as const;

/** 0, 1, 2, ... */
export const indices = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** Sum of terms, wrapping at 32 bits. */
export function sumOf(count: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum = (sum + term(i)) | 0;
  return sum;
}

/** Lanes that the suite's table names and nothing here depends on. */
export const askedLanes = (doc: string, asked = 16) => ({ default: asked, min: 1, max: 32, doc }) as const;
