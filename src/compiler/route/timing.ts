/** The longest path of a routed netlist: the delays of `place/timing.ts` with real hops in place of distances. */
import type { PlaceProblem } from '../place/problem.ts';
import { timingGraph } from '../place/timing.ts';
import type { Route } from './router.ts';

/** Cycles; nets without a route count 0. */
export function routedPath(problem: PlaceProblem, routes: readonly Route[]): number {
  const { netlist, pins, pinStart } = problem;
  const hopsOf = new Map(routes.map((route) => [route.net, route.hops]));
  const number = new Map(netlist.units.map((unit, i) => [unit.id, i]));
  const hops = new Float64Array(pins.length);
  for (const [n, net] of netlist.nets.entries()) {
    for (const [s, ref] of net.to.entries()) {
      const unit = number.get(ref.unit);
      for (let p = pinStart[n] + 1; p < pinStart[n + 1]; p++) {
        if (pins[p] === unit) hops[p] = Math.max(hops[p], hopsOf.get(net.id)?.[s] ?? 0);
      }
    }
  }
  const { from, to, pin, inside, arrival } = timingGraph(problem);
  let longest = 0;
  for (let e = 0; e < from.length; e++) {
    const time = arrival[from[e]] + inside[from[e]] + hops[pin[e]];
    arrival[to[e]] = Math.max(arrival[to[e]], time);
    longest = Math.max(longest, time + inside[to[e]]);
  }
  return longest;
}
