/**
 * Placement and routing: a netlist of virtual units becomes the configuration of tiles.
 *
 * Rungs of the ladder, smallest first: anneal and route; where routing fails, anneal again with the
 * crowded tiles made dear, then spread to the next rung. The best of the rungs that route is taken:
 * fewest cycles of longest path and of sharing memory ports, then least wire. When none routes, the last attempt explains why.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import { Rng } from '../base/rng.ts';
import type { TileConfig } from '../fabric/config.ts';
import type { Fabric } from '../fabric/graph.ts';
import { portsOf } from '../fabric/ports.ts';
import { type Netlist, UNIT_KINDS, verifyNetlist } from '../ir/netlist.ts';
import { configureTiles } from './configure.ts';
import { narrowestCut } from './cut.ts';
import { type Annealed, anneal } from './place/anneal.ts';
import { fits, ladder } from './place/ladder.ts';
import { type PlaceProblem, placeProblem, type Region, tilesInRegion, wholeRegion } from './place/problem.ts';
import { noPath, routingFailed, tooManyUnits } from './pnr-messages.ts';
import { type Placement, type Route, type Routing, routeNetlist } from './route/router.ts';
import { routedPath } from './route/timing.ts';

export interface PnrOptions {
  readonly seed?: number | string;
  /** Moves per temperature as a multiple of units^(4/3); by default more for small netlists. */
  readonly effort?: number;
  /** A clock in seconds, for the statistics; the library itself reads none. */
  readonly now?: () => number;
}

export interface PnrStats {
  /** Tiles across and down that were used. */
  readonly region: Region;
  /** Links in use over all nets. */
  readonly wirelength: number;
  /** Cycles of the longest path through units and routes, credits cut. */
  readonly longestPath: number;
  /** Cycles lost to streams that share a memory port; placements are compared by the sum of both. */
  readonly lost: number;
  /** Per net id, cycles to each sink. */
  readonly hops: ReadonlyMap<string, readonly number[]>;
  /** Rounds of negotiation in the attempt that was taken. */
  readonly iterations: number;
  /** Annealing moves in all. */
  readonly moves: number;
  /** Attempts at placing and routing. */
  readonly attempts: number;
  readonly seconds: { readonly place: number; readonly route: number };
}

export interface Routed {
  readonly placement: Placement;
  readonly routes: readonly Route[];
  readonly configs: Map<number, TileConfig>;
  readonly stats: PnrStats;
}

export interface PnrOutcome {
  readonly value?: Routed;
  readonly diagnostics: readonly Diagnostic[];
}

interface Attempt {
  readonly problem: PlaceProblem;
  readonly placed: Annealed;
  readonly placement: Placement;
  readonly routing: Routing;
  readonly longestPath: number;
  readonly wirelength: number;
}

/** Anneals again with crowding this often on a rung before the next is tried. */
const RETRIES = 3;

export function placeAndRoute(netlist: Netlist, fabric: Fabric, options: PnrOptions = {}): PnrOutcome {
  const broken = verifyNetlist(netlist, (kind) => portsOf(fabric.arch, kind));
  if (broken.length > 0) return { diagnostics: broken };
  const short = missingTiles(netlist, fabric);
  if (short.length > 0) return { diagnostics: short };

  const now = options.now ?? (() => 0);
  const seconds = { place: 0, route: 0 };
  let moves = 0;
  let attempts = 0;
  let best: Attempt | undefined;
  let last: Attempt | undefined;
  let successes = 0;
  const { regions, enough } = ladder(netlist, fabric);
  for (const [rung, region] of regions.entries()) {
    // Enough rungs have been climbed; but only the whole fabric has every memory port within reach.
    const whole = rung === regions.length - 1;
    if (successes >= enough && !(whole && best !== undefined && best.placed.lost > 0)) continue;
    const problem = placeProblem(netlist, fabric, region);
    const rng = new Rng(options.seed ?? 1).fork(`${region.width}x${region.height}`);
    let crowding: Float64Array | undefined;
    let start: Int32Array | undefined;
    for (let retry = 0; retry <= RETRIES; retry++) {
      const begun = now();
      const placed = anneal(problem, rng, { effort: options.effort ?? defaultEffort(netlist), crowding, start });
      const between = now();
      last = route(problem, placed);
      attempts++;
      moves += placed.moves;
      seconds.place += between - begun;
      seconds.route += now() - between;
      if (clean(last)) {
        successes++;
        if (best === undefined || better(last, best)) best = last;
        break;
      }
      if (last.routing.unreachable.length > 0) break;
      crowding = addCrowding(fabric, last.routing, crowding);
      start = placed.place;
    }
  }
  if (best === undefined) return { diagnostics: explain(fabric, netlist, last as Attempt) };
  const { placement, routing } = best;
  return {
    value: {
      placement,
      routes: routing.routes,
      configs: configureTiles(netlist, fabric, placement, routing.routes),
      stats: {
        region: best.problem.region,
        wirelength: best.wirelength,
        longestPath: best.longestPath,
        lost: best.placed.lost,
        hops: new Map(routing.routes.map((one) => [one.net, one.hops])),
        iterations: routing.iterations,
        moves,
        attempts,
        seconds,
      },
    },
    diagnostics: [],
  };
}

/** Small programs are judged to the cycle and cost little; big ones have thousands of moves anyway. */
const defaultEffort = (netlist: Netlist) => (netlist.units.length <= 64 ? 6 : netlist.units.length <= 256 ? 2 : 1);

const clean = (attempt: Attempt) => attempt.routing.overused.length === 0 && attempt.routing.unreachable.length === 0;

function better(a: Attempt, b: Attempt): boolean {
  const cycles = (one: Attempt) => one.longestPath + one.placed.lost;
  return cycles(a) < cycles(b) || (cycles(a) === cycles(b) && a.wirelength < b.wirelength);
}

function route(problem: PlaceProblem, placed: Annealed): Attempt {
  const { netlist, fabric, region } = problem;
  const placement = new Map(netlist.units.map((unit, i) => [unit.id, placed.place[i]]));
  const number = new Map(netlist.units.map((unit, i) => [unit.id, i]));
  const critical = (n: number, sink: number) => {
    const unit = number.get(netlist.nets[n].to[sink].unit) as number;
    for (let p = problem.pinStart[n] + 1; p < problem.pinStart[n + 1]; p++) if (problem.pins[p] === unit) return placed.criticality[p];
    return 0;
  };
  const routing = routeNetlist(netlist, fabric, placement, region, critical);
  const wirelength = routing.routes.reduce((sum, one) => sum + one.edges.filter((edge) => fabric.nodes[edge.to].kind === 'link').length, 0);
  return { problem, placed, placement, routing, wirelength, longestPath: routedPath(problem, routing.routes) };
}

/** Per tile, how much dispute there was around it, added to what earlier attempts found. */
function addCrowding(fabric: Fabric, routing: Routing, before: Float64Array | undefined): Float64Array {
  const crowding = before?.slice() ?? new Float64Array(fabric.tiles.length);
  for (const { node, nets } of routing.overused) crowding[fabric.nodes[node].tile] += nets.length - 1;
  return crowding;
}

function missingTiles(netlist: Netlist, fabric: Fabric): Diagnostic[] {
  const all = wholeRegion(fabric);
  if (fits(netlist, fabric, all)) return [];
  return UNIT_KINDS.flatMap((kind) => {
    const needed = netlist.units.filter((unit) => unit.kind === kind).length;
    const available = tilesInRegion(fabric, all, kind).length;
    return needed > available ? [tooManyUnits(fabric, netlist, kind, needed, available)] : [];
  });
}

/** Why the last attempt failed: a sink without a path, a cut that is too narrow, or the smallest dispute. */
function explain(fabric: Fabric, netlist: Netlist, attempt: Attempt): Diagnostic[] {
  const byName = new Map(netlist.nets.map((net) => [net.id, net]));
  const { unreachable, overused } = attempt.routing;
  if (unreachable.length > 0) return unreachable.flatMap((id) => noPath(fabric, byName.get(id) ?? netlist.nets[0]));
  const cut = narrowestCut(fabric, netlist, attempt.placement);
  const kind = fabric.nodes[overused[0].node].net;
  const same = overused.filter(({ node }) => fabric.nodes[node].net === kind);
  const names = new Set(same.flatMap(({ nets }) => nets));
  const disputed = netlist.nets.filter((net) => names.has(net.id)).sort((a, b) => a.to.length - b.to.length);
  return [cut ?? routingFailed(fabric, netlist, disputed, same.length)];
}
