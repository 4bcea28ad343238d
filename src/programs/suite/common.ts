/** Data and arithmetic that several families share. */

export const laneParam = { default: 16, min: 1, max: 32, doc: 'lanes of the compute loop' } as const;

/** 0, 1, 2, ... */
export const indices = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** Sum of terms, wrapping at 32 bits. */
export function sumOf(count: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum = (sum + term(i)) | 0;
  return sum;
}
