/** Counters and tokens of units, written down briefly. */

import type { Arch } from '../../../arch/schema.ts';
import type { AgConfig, ChainConfig, PmuConfig } from '../../../fabric/config.ts';
import { laneInverse } from '../../../fabric/lane-inverse.ts';

/** A counter: its trips, and what each adds to the address. */
export interface Step {
  readonly trips: number;
  readonly inc: number;
}

/** The innermost counter walks `words` words, a vector an issue; lanes beyond the last word are masked. */
export function walkWords(chain: ChainConfig, words: number, lanes: number, outer: readonly Step[]): void {
  setTrips(chain, [1, ...outer.map(({ trips }) => trips)], lanes);
  chain.laneStep = 1;
  chain.counters[0] = { min: 0, stride: lanes, max: words, bound: 0 };
}

/** Counters with these trips, the innermost first; `par` lanes follow the innermost value. */
export function setTrips(chain: ChainConfig, trips: readonly number[], par: number): void {
  chain.count = trips.length;
  chain.par = par;
  for (const [c, trip] of trips.entries()) chain.counters[c] = { min: 0, stride: 1, max: trip, bound: 0 };
}

/** Address of a context of a memory unit: neighbouring lanes `lane` words apart. */
export function setAddress(
  address: PmuConfig['read'][number]['address'],
  arch: Arch,
  base: number,
  incs: readonly number[],
  lane: number,
): void {
  address.base = base;
  for (const [c, inc] of incs.entries()) address.inc[c] = inc;
  address.lane = lane;
  address.laneInverse = laneInverse(lane, arch.pcu.lanes);
}

/** Mask of the `levels` innermost counters. */
export const innermost = (levels: number): number => 2 ** levels - 1;

/** A token output of a context, and the token inputs of the same unit that it feeds. */
export function localToken(
  arch: Arch,
  config: PmuConfig,
  output: number,
  from: { readonly context: number; readonly mask: number },
  to: readonly { readonly input: number; readonly context: number; readonly mask: number; readonly init?: number }[],
): void {
  config.tokenOut[output] = { used: 1, context: from.context, mask: from.mask, net: 0 };
  for (const { input, context, mask, init = 0 } of to)
    config.tokenIn[input] = { used: 1, context, mask, init, source: arch.pmu.controlIn + output };
}

/** An affine value of an address generator. */
export function affine(arch: Arch, base: number, incs: readonly number[]): AgConfig['address'] {
  return { base, inc: Array.from({ length: arch.ag.counters }, (_, c) => incs[c] ?? 0) };
}
