/** The functional units of a stage: operands of one operation, cycle by cycle, against what the operation computes. */
import type { Arch } from '../../../src/arch/schema.ts';
import { Rng } from '../../../src/base/rng.ts';
import type { Recording, ReplayLayout } from '../../../src/cosim/replay.ts';
import { EVAL } from '../../../src/ops/eval.ts';
import { OP_NAMES, OPS, type Op } from '../../../src/ops/table.ts';
import { Recorder } from './recorder.ts';

/** Words at which operations have corners: of integers, of binary32, of pairs of bf16, of shift amounts and exponents. */
const CORNERS = [
  ...[0, 1, 2, 31, 32, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe],
  ...[0x00800000, 0x007fffff, 0x3f800000, 0xbf800000, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x4b000000, 0x4f000000, 0xcf000000],
  ...[0x3f000000, 0x3f7fffff, 0x33800000, 0x34000000, 0x00000001, 0x80000001, 0x3f803f80, 0x7f80ff80, 0x00800080, 0x7fc00001, 0x4f800000],
];

/** `pairs`: mostly pairs of bf16. */
function operands(rng: Rng, pairs: boolean): [number, number, number] {
  const near = () => (0x3f800000 + rng.int(-0x2000000, 0x2000000)) ^ (rng.int(0, 1) << 31);
  // Exponents near each other, near the least, or two that multiply to a subnormal one; few bits in the fraction.
  const around = rng.pick([1, 63, 64, 127, 127]);
  const exponent = () => (rng.chance(0.2) ? rng.int(0, 255) : Math.max(0, Math.min(255, around + rng.int(-10, 10))));
  const sparse = (bits: number) => {
    const low = rng.int(0, bits - 1);
    return rng.pick([0, 1 << low, (1 << low) | 1, (1 << bits) - (1 << low), (1 << low) | (1 << rng.int(0, bits - 1))]);
  };
  const half = () =>
    rng.chance(0.15) ? rng.pick([0, 0x8000, 0x7f80, 0xff80, 0x0001]) : (rng.int(0, 1) << 15) | (exponent() << 7) | sparse(7);
  const word = () => {
    switch (pairs && rng.chance(0.8) ? 4 : rng.int(0, 6)) {
      case 0:
        return rng.pick(CORNERS) + rng.int(-1, 1);
      case 1:
        return rng.float32Bits();
      case 2:
        return near();
      case 3:
        return rng.int(-300, 300);
      case 4:
        return (half() << 16) | half();
      case 5:
        return (rng.int(0, 1) << 31) | (exponent() << 23) | sparse(23);
      default:
        return rng.next32();
    }
  };
  // Three zeros of any sign, in both halves.
  if (rng.chance(0.03)) {
    const zeros = () => rng.pick([0, 0x8000]) | (rng.int(0, 1) << 31);
    return [zeros() | rng.pick([0, 0x3f80]), zeros() | rng.pick([0, 0x3f800000]), rng.int(0, 1) << 31];
  }
  const [a, b] = [word() | 0, word() | 0];
  // Sums that cancel, products beside the third operand, equal operands.
  const twin = rng.pick([a, a ^ 0x80000000, a + rng.int(-2, 2)]) | 0;
  if (rng.chance(0.15)) return [a, twin, word() | 0];
  if (rng.chance(0.2)) {
    const product = EVAL.fmul(a, b, 0);
    return [a, b, (product ^ 0x80000000) + rng.int(-3, 3) + (rng.int(-2, 2) << 23)].map((x) => x | 0) as [number, number, number];
  }
  return [a, b, word() | 0];
}

/** Codes that no operation has give 0 with the latency of simple ones. */
export const UNASSIGNED = Array.from({ length: 64 }, (_, code) => code).filter((code) => OP_NAMES.every((op) => OPS[op].code !== code));

export function playFu(arch: Arch, bench: ReplayLayout, seed: string, code: number, cycles: number): Recording {
  const rng = new Rng(seed);
  const { lanes, float } = arch.pcu;
  const op = OP_NAMES.find((name): name is Op => OPS[name].code === code && (float || !OPS[name].float));
  const latency = arch.latency[op === undefined ? 'simple' : OPS[op].latency];
  const recorder = new Recorder(bench, cycles + 1);
  const putAll = () => {
    recorder.put('op_i', 0, 6, code);
    if (recorder.cycle > 0) recorder.put('rst_ni', 0, 1, 1);
  };
  putAll();
  recorder.next();
  const advances = rng.pick([1, 0.7]);
  const fills = rng.pick([1, 0.6]);
  const pipe: { valid: boolean; result: number }[][] = [];
  for (; recorder.cycle <= cycles; recorder.next()) {
    putAll();
    const out = pipe[pipe.length - latency];
    out?.forEach(({ valid, result }, i) => {
      if (valid) recorder.want('result_o', 32 * i, 32, result);
    });
    const adv = rng.chance(advances);
    recorder.put('adv_i', 0, 1, Number(adv));
    const entry = Array.from({ length: lanes }, (_, i) => {
      const valid = rng.chance(fills);
      const [a, b, c] = operands(rng, op === 'badd' || op === 'bmul' || op === 'bdot2');
      recorder.put('valid_i', i, 1, Number(valid));
      recorder.put('a_i', 32 * i, 32, a);
      recorder.put('b_i', 32 * i, 32, b);
      recorder.put('c_i', 32 * i, 32, c);
      return { valid, result: op === undefined ? 0 : EVAL[op](a, b, c) };
    });
    if (adv) pipe.push(entry);
  }
  return recorder.recording;
}
