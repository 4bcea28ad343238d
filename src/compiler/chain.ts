/**
 * Loops -> the counter chain of one context.
 *
 * Every context carries a private copy of its enclosing loops. Loops of one trip vanish; neighbouring
 * loops merge into one counter when no affine value, mask or pinned variable tells them apart. A loop that ends at run
 * time is a counter of its own, whose bound comes from a scalar input; its `max` says what the bound is at the most.
 */
import { DiagnosticError } from '../base/diagnostic.ts';
import { invariant } from '../base/invariant.ts';
import type { ChainConfig } from '../fabric/config.ts';
import type { AffineExpr, Loop, Source } from '../ir/loops.ts';
import { coefOf } from './affine.ts';
import { tooManyCounters } from './messages.ts';

export interface ChainRequest {
  /** Outermost first. */
  readonly loops: readonly Loop[];
  /** The last loop runs in lanes (`par` of them). Otherwise each issue is one element. */
  readonly lanes: boolean;
  /** Values the context computes from its counters. */
  readonly affines: readonly AffineExpr[];
  /** Sets of loop variables whose first or last iterations must be told. */
  readonly masks: readonly ReadonlySet<string>[];
  /** Variables whose counter must hold the index value itself. */
  readonly pinned: ReadonlySet<string>;
}

/** A counter while loops are being merged. */
interface Counter {
  vars: string[];
  min: number;
  /** Index difference between elements. */
  step: number;
  /** Elements (for a lane counter: lanes together walk them). */
  elements: number;
  par: number;
  /** Added to affine i per element. */
  coefs: number[];
  /** It ends at run time. */
  loop?: Loop;
}

export interface Chain {
  readonly config: ChainConfig;
  /** Bits of the counters that stand for the given variables (vanished ones have none). */
  maskOf(vars: Iterable<string>): number;
  /** Base and per-counter increments of a requested affine, with the lane difference. */
  affine(index: number): { base: number; inc: number[]; lane: number };
  /** The counter that holds a pinned variable, or undefined when the loop vanished (one trip). */
  counterOf(variable: string): number | undefined;
  /** Counters that end at run time, with their loops: each needs a scalar input. */
  readonly bounded: readonly { readonly counter: number; readonly loop: Loop }[];
  /** Issues of the context in one run, at the most. */
  readonly issues: number;
}

/** Number of elements of a loop, at the most. */
export const elementsOf = (loop: Loop): number => Math.max(0, Math.ceil((loop.max - loop.min) / loop.step));

/** Builds the chain, or throws a diagnostic when the unit has too few counters. */
export function buildChain(request: ChainRequest, limit: { counters: number; field: string; what: string; source?: Source }): Chain {
  const counters = mergeLoops(request);
  if (counters.length > limit.counters) {
    throw new DiagnosticError(
      tooManyCounters(
        limit.what,
        counters.map(({ vars, elements, par }) => ({ loops: vars, trips: Math.ceil(elements / par) })),
        limit.counters,
        limit.field,
        limit.source,
      ),
    );
  }
  const inner = [...counters].reverse();
  const laneCounter = request.lanes ? inner[0] : undefined;
  const bases = request.affines.map((expr) => expr.base + request.loops.reduce((sum, loop) => sum + coefOf(expr, loop.var) * loop.min, 0));
  const config: ChainConfig = {
    count: inner.length,
    par: laneCounter?.par ?? 1,
    laneStep: laneCounter?.step ?? 0,
    counters: Array.from({ length: limit.counters }, (_, c) => {
      const counter = inner[c];
      if (!counter) return { min: 0, stride: 0, max: 0, bound: 0 };
      const par = counter === laneCounter ? counter.par : 1;
      return { min: counter.min, stride: counter.step * par, max: counter.min + counter.step * counter.elements, bound: 0 };
    }),
  };
  return {
    config,
    issues: inner.reduce((product, counter) => product * Math.ceil(counter.elements / (counter === laneCounter ? counter.par : 1)), 1),
    bounded: inner.flatMap(({ loop }, counter) => (loop ? [{ counter, loop }] : [])),
    maskOf(vars) {
      let mask = 0;
      for (const name of vars) {
        const c = inner.findIndex((counter) => counter.vars.includes(name));
        if (c >= 0) mask |= 1 << c;
      }
      return mask;
    },
    affine(index) {
      const inc = Array.from({ length: limit.counters }, (_, c) =>
        inner[c] ? inner[c].coefs[index] * (inner[c] === laneCounter ? inner[c].par : 1) : 0,
      );
      return { base: bases[index], inc, lane: laneCounter ? laneCounter.coefs[index] : 0 };
    },
    counterOf(variable) {
      const c = inner.findIndex((counter) => counter.vars.includes(variable));
      return c < 0 ? undefined : c;
    },
  };
}

function mergeLoops(request: ChainRequest): Counter[] {
  const { loops, lanes, affines, masks, pinned } = request;
  const counters: Counter[] = [];
  loops.forEach((loop, i) => {
    const isLane = lanes && i === loops.length - 1;
    const elements = elementsOf(loop);
    invariant(elements > 0, `loop ${loop.var} has trips`);
    invariant(isLane || loop.par === 1, `loop ${loop.var} was unrolled`);
    if (elements === 1 && !isLane && !loop.bound) return;
    const next: Counter = {
      vars: [loop.var],
      min: loop.min,
      step: loop.step,
      elements,
      par: isLane ? loop.par : 1,
      coefs: affines.map((expr) => coefOf(expr, loop.var) * loop.step),
      ...(loop.bound && { loop }),
    };
    const outer = counters.at(-1);
    if (outer && mergeable(outer, next, masks, pinned)) {
      counters[counters.length - 1] = {
        vars: [...outer.vars, ...next.vars],
        min: 0,
        step: 1,
        elements: outer.elements * next.elements,
        par: next.par,
        coefs: next.coefs,
      };
    } else {
      counters.push(next);
    }
  });
  return counters;
}

function mergeable(outer: Counter, inner: Counter, masks: readonly ReadonlySet<string>[], pinned: ReadonlySet<string>): boolean {
  if (outer.loop || inner.loop) return false;
  if ([...outer.vars, ...inner.vars].some((name) => pinned.has(name))) return false;
  if (inner.elements % inner.par !== 0) return false;
  for (const mask of masks) if (mask.has(outer.vars[0]) !== mask.has(inner.vars[0])) return false;
  return outer.coefs.every((coef, i) => coef === inner.coefs[i] * inner.elements);
}
