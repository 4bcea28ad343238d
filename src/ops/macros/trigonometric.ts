/**
 * Sine and cosine: the multiple of pi/2 next to x is taken away with three constants (the first
 * difference is exact), and one of two polynomials is taken by the quadrant.
 */
import type { Id, MacroBuilder } from './graph.ts';

/** pi/2 as the sum of three binary32 numbers. */
const HALF_PI = [1.5707963705062866, -4.371138828673793e-8, -1.7151245100058819e-15];
/** (sin r - r) / r^3 in r^2, up to pi/4: 3.9e-9. */
const SIN = [-0.00019510838319547474, 0.008332131430506706, -0.16666653752326965];
/** (cos r - 1 + r^2 / 2) / r^4 in r^2, up to pi/4: 1.1e-10. */
const COS = [2.4431203200947493e-5, -0.0013887305976822972, 0.04166664555668831];

/** sin(x + quarter pi / 2). */
function wave(b: MacroBuilder, x: Id, quarter: number): Id {
  const turns = b.op('frint', b.op('fmul', x, b.float(2 / Math.PI)));
  const r = HALF_PI.reduce((rest, part) => b.op('fma', turns, b.float(-part), rest), x);
  const z = b.op('fmul', r, r);
  const sin = b.op('fma', b.op('fmul', z, r), b.polynomial(z, SIN), r);
  const cos = b.op('fma', b.op('fmul', z, z), b.polynomial(z, COS), b.op('fma', z, b.float(-0.5), b.float(1)));
  const whole = b.op('f2i', turns);
  const quadrant = quarter === 0 ? whole : b.op('add', whole, b.int(quarter));
  const size = b.op('sel', b.op('and', quadrant, b.int(1)), cos, sin);
  return b.op('xor', size, b.op('shl', b.op('and', quadrant, b.int(2)), b.int(30)));
}

export const sin = (b: MacroBuilder, x: Id): Id => wave(b, x, 0);
export const cos = (b: MacroBuilder, x: Id): Id => wave(b, x, 1);
