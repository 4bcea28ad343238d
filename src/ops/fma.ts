/**
 * a * b + c of three binary32 values, rounded once to binary32, in double arithmetic.
 *
 * The product of two 24-bit significands is exact in a double, so `s` is the exact sum rounded to
 * 53 bits. Rounding `s` again to binary32 is right unless `s` lies exactly half way between two
 * binary32 numbers while the exact sum does not: then the lost part decides.
 */
export function fmaFloat(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const near = Math.fround(sum);
  const gap = sum - near;
  if (gap !== 0) {
    // Half way <=> the same distance beyond `sum` there is a binary32 number again. A NaN comes
    // from an overflow (the half way point below infinity), an infinity or a NaN.
    const other = near + 2 * gap;
    if (Math.fround(other) === other || Number.isNaN(other)) return fmaTie(product, c, sum, near, other);
  }
  return near;
}

/**
 * The same as text, for generated loops in which a call would cost more than the arithmetic. It
 * needs the variables of `FMA_VARIABLES`, `fround`, and `fmaTie`.
 */
export const fmaText = (a: string, b: string, c: string): string =>
  `(fmaP = ${a} * ${b}, fmaS = fmaP + ${c}, fmaR = fround(fmaS), fmaG = fmaS - fmaR, ` +
  `fmaG !== 0 && (fmaO = fmaR + 2 * fmaG, fround(fmaO) === fmaO || fmaO !== fmaO) ? fmaTie(fmaP, ${c}, fmaS, fmaR, fmaO) : fmaR)`;
export const FMA_VARIABLES = 'let fmaP = 0.5, fmaS = 0.5, fmaR = 0.5, fmaG = 0.5, fmaO = 0.5;';

/** The bound from which binary32 overflows: half way between the largest number and 2^128. */
const OVERFLOW_TIE = 2 ** 128 - 2 ** 103;
const LARGEST = 2 ** 128 - 2 ** 104;

/** The result when `sum` lies half way between `near` and `other`, or is not finite. */
export function fmaTie(product: number, c: number, sum: number, near: number, other: number): number {
  if (Number.isNaN(other)) {
    // Infinities and NaN are as they are; only the tie itself can still be pulled back.
    if (Math.abs(sum) !== OVERFLOW_TIE) return near;
    const lost = lostPart(product, c, sum);
    if (sum > 0) return lost < 0 ? LARGEST : near;
    return lost > 0 ? -LARGEST : near;
  }
  const lost = lostPart(product, c, sum);
  if (lost > 0) return Math.max(near, other);
  if (lost < 0) return Math.min(near, other);
  return near;
}

/** x + y - sum, exactly (Knuth's two-sum): what rounding to a double left out. */
function lostPart(x: number, y: number, sum: number): number {
  const back = sum - x;
  return x - (sum - back) + (y - back);
}
