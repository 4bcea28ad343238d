/** Data of either element type, for programs that take the type as a parameter. */
import type { Rng } from '../base/rng.ts';

/** The parameter every program here has. */
export const dtype = { default: 'f32', choices: ['i32', 'f32'], doc: 'element type' } as const;

export const copies = { default: 0, min: 0, max: 64, doc: 'copies in space; 0: as many as pay' } as const;

/** A size. */
export const size = (value: number, doc: string) => ({ default: value, min: 1, max: 1 << 27, doc }) as const;

/** Random elements: whole numbers of -1000..1000, or binary32 of [0, 1), so that no sum loses its leading digits. */
export function randomElements(type: 'i32' | 'f32', count: number, rng: Rng): Int32Array | Float32Array {
  return type === 'i32'
    ? Int32Array.from({ length: count }, () => rng.int(-1000, 1000))
    : Float32Array.from({ length: count }, () => rng.float32());
}

/** A sum of `terms` non-negative products in any order, each step rounded to nearest, is at most this far off. */
export const sumTolerance = (terms: number) => ({ relative: (terms + 2) * 2 ** -24, absolute: 0 });

/** Sum of products x(i) * y(i): wrapping for i32, in double precision for f32. */
export function sumOfProductsOf(type: 'i32' | 'f32', count: number, x: (i: number) => number, y: (i: number) => number): number {
  let sum = 0;
  if (type === 'f32') for (let i = 0; i < count; i++) sum += x(i) * y(i);
  else for (let i = 0; i < count; i++) sum = (sum + Math.imul(x(i), y(i))) | 0;
  return sum;
}
