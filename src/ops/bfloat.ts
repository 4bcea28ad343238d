/**
 * bf16, two in a word: the high half of a binary32, element 0 of a pair in the low half. Results are
 * rounded to nearest even from the exact value, subnormals are kept, and the one NaN is 0x7fc0.
 */

/** The one NaN of a half. */
export const NAN_HALF = 0x7fc0;

const word = new Int32Array(1);
const real = new Float32Array(word.buffer);

/** 2^k and 2^-k as doubles, built by multiplication so that every one is exact. */
const POWERS = Float64Array.from({ length: 320 }, () => 1);
for (let k = 1; k < POWERS.length; k++) POWERS[k] = 2 * POWERS[k - 1];
const powerOf = (k: number): number => (k < 0 ? 1 / POWERS[-k] : POWERS[k]);

const low = (pair: number): number => {
  word[0] = pair << 16;
  return real[0];
};
const high = (pair: number): number => {
  word[0] = pair & 0xffff0000;
  return real[0];
};

/** The nearest bf16 of a binary32 number, ties to even. */
function halfOf(x: number): number {
  if (Number.isNaN(x)) return NAN_HALF;
  real[0] = x;
  const bits = word[0];
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Two numbers as a pair, the first in the low half. */
export function packHalves(a: number, b: number): number {
  return halfOf(a) | (halfOf(b) << 16);
}

/**
 * Sums and products half by half. Rounding to double and to binary32 on the way is harmless: both
 * have more than twice the 8 digits of a half and two more; and a product of two halves has 16
 * digits, too few to end both at a tie of a subnormal half and below the last digit of a binary32.
 */
export function addHalves(a: number, b: number): number {
  return packHalves(Math.fround(low(a) + low(b)), Math.fround(high(a) + high(b)));
}
export function multiplyHalves(a: number, b: number): number {
  return packHalves(Math.fround(low(a) * low(b)), Math.fround(high(a) * high(b)));
}

/** The exponent field, at least 1, of the half in bits 23..30. */
const scale = (bits: number): number => Math.max(1, (bits >>> 23) & 255);

/**
 * The dot product of two pairs and a sum, as `bdot2` of the table defines it. A term is below
 * 2^50 units, so that the sum of three is exact in a double.
 */
export function dotHalves(a: number, b: number, c: number): number {
  const first = low(a) * low(b);
  const second = high(a) * high(b);
  const sum = first + second + c;
  if (!Number.isFinite(sum)) return sum;
  real[0] = c;
  let top = scale(word[0]);
  if (first !== 0) top = Math.max(top, scale(a << 16) + scale(b << 16) - 127);
  if (second !== 0) top = Math.max(top, scale(a) + scale(b) - 127);
  const unit = powerOf(top - 175);
  const inverse = powerOf(175 - top);
  const cut = (x: number): number => Math.trunc(x * inverse) * unit;
  return Math.fround(cut(first) + cut(second) + cut(c));
}

/** x * 2^k, rounded once to binary32. Beyond 2^300 either way nothing changes any more. */
export function scaleFloat(x: number, k: number): number {
  return Math.fround(x * powerOf(Math.max(-300, Math.min(300, k))));
}

/** floor(log2 |x|) of a binary32; 0 gives the least integer, an infinity or NaN the largest. */
export function exponentOf(x: number): number {
  if (x === 0) return -2147483648;
  real[0] = x;
  const field = (word[0] >>> 23) & 255;
  if (field === 255) return 2147483647;
  return field === 0 ? -118 - Math.clz32(word[0] & 0x7fffff) : field - 127;
}
