/**
 * Simulated annealing with the schedule of VPR: the temperature falls fast where almost everything
 * or almost nothing is accepted, and the distance of moves shrinks to hold acceptance near 44 %.
 * Moves exchange a unit with whatever stands on another tile of its kind.
 */
import type { Rng } from '../../base/rng.ts';
import { PlacementCost } from './cost.ts';
import type { PlaceProblem } from './problem.ts';

export interface AnnealOptions {
  /** Moves per temperature as a multiple of units^(4/3). */
  readonly effort?: number;
  /** Extra cost of using each tile (per tile), from routing that failed. */
  readonly crowding?: Float64Array;
  /** Where to start; by default at random. */
  readonly start?: Int32Array;
}

export interface Annealed {
  /** Tile of each unit. */
  readonly place: Int32Array;
  readonly wirelength: number;
  /** Longest path in cycles, by distance. */
  readonly longest: number;
  /** Cycles lost to streams that share a memory port. */
  readonly lost: number;
  readonly moves: number;
  /** Per pin of the problem, how critical its connection is (0..1). */
  readonly criticality: Float64Array;
}

/** Places every unit; the region must hold enough tiles of each kind. */
export function anneal(problem: PlaceProblem, rng: Rng, options: AnnealOptions = {}): Annealed {
  const cost = new PlacementCost(problem, options.start ?? randomPlacement(problem, rng));
  if (options.crowding) cost.setCrowding(options.crowding);
  const movable = movableUnits(problem);
  let moves = 0;
  if (movable.length > 0 && problem.nets > 0) {
    const perStep = Math.max(200, Math.ceil((options.effort ?? 1) * movable.length ** (4 / 3)));
    const span = Math.max(problem.region.width, problem.region.height);
    let range = span;
    let heat = options.start ? 0.5 : startHeat(problem, cost, movable, rng, span);
    for (;;) {
      const cold = heat < (0.005 * cost.total) / problem.nets;
      if (cold) heat = 0;
      let accepted = 0;
      for (let i = 0; i < perStep; i++) if (step(problem, cost, movable, rng, range, heat)) accepted++;
      moves += perStep;
      cost.refresh();
      if (cold) break;
      const rate = accepted / perStep;
      heat *= rate > 0.96 ? 0.5 : rate > 0.8 ? 0.9 : rate > 0.15 && range > 1 ? 0.9 : 0.7;
      range = Math.max(1, Math.min(span, range * (1 - 0.44 + rate)));
    }
  }
  return { place: cost.place, wirelength: cost.wirelength(), longest: cost.longest, lost: cost.lost, moves, criticality: cost.criticality };
}

/** One proposed move; true if it was kept. */
function step(problem: PlaceProblem, cost: PlacementCost, movable: Int32Array, rng: Rng, range: number, heat: number): boolean {
  const unit = movable[pick(rng, movable.length)];
  const tile = target(problem, cost.place[unit], problem.kind[unit], rng, range);
  if (tile < 0) return false;
  const delta = cost.move(unit, tile);
  if (delta <= 0 || (heat > 0 && rng.next32() < 4294967296 * Math.exp(-delta / heat))) {
    cost.keep();
    return true;
  }
  cost.undo();
  return false;
}

/** A tile of the kind within reach of `from`, or -1 when a few draws find none. */
function target(problem: PlaceProblem, from: number, kind: number, rng: Rng, range: number): number {
  const { tiles, tileX, tileY, tileKind, region, fabric } = problem;
  const list = tiles[kind];
  const x = tileX[from];
  const y = tileY[from];
  const reach = Math.max(1, Math.floor(range));
  // Kinds that stand only on the border, and small regions, draw from the list; the others from the window.
  if (kind >= 2 || list.length <= 16) {
    for (let tries = 0; tries < 8; tries++) {
      const tile = list[pick(rng, list.length)];
      if (tile !== from && (list.length <= 16 || Math.abs(tileY[tile] - y) <= reach)) return tile;
    }
    return -1;
  }
  const left = Math.max(0, x - reach);
  const right = Math.min(region.width - 1, x + reach);
  const top = Math.max(0, y - reach);
  const bottom = Math.min(region.height - 1, y + reach);
  for (let tries = 0; tries < 8; tries++) {
    const tile = (top + pick(rng, bottom - top + 1)) * fabric.width + left + pick(rng, right - left + 1);
    if (tile !== from && tileKind[tile] === kind) return tile;
  }
  return -1;
}

/** The usual start: as hot as twenty deviations of the cost of random moves. */
function startHeat(problem: PlaceProblem, cost: PlacementCost, movable: Int32Array, rng: Rng, span: number): number {
  let sum = 0;
  let squares = 0;
  const trials = Math.max(50, Math.min(1000, movable.length));
  for (let i = 0; i < trials; i++) {
    const unit = movable[pick(rng, movable.length)];
    const tile = target(problem, cost.place[unit], problem.kind[unit], rng, span);
    if (tile < 0) continue;
    const delta = cost.move(unit, tile);
    cost.keep();
    sum += delta;
    squares += delta * delta;
  }
  cost.refresh();
  return 5 * Math.sqrt(Math.max(0, squares / trials - (sum / trials) ** 2)) + 0.01;
}

/** Units that have a choice of tiles. */
function movableUnits(problem: PlaceProblem): Int32Array {
  return Int32Array.from([...problem.kind.keys()].filter((unit) => problem.tiles[problem.kind[unit]].length > 1));
}

function randomPlacement(problem: PlaceProblem, rng: Rng): Int32Array {
  const free = problem.tiles.map((list) => rng.shuffle([...list]));
  return Int32Array.from(problem.kind, (kind) => free[kind].pop() as number);
}

/** A number from 0 to count - 1, fast; the bias of the multiplication is below 2^-20 for any fabric. */
const pick = (rng: Rng, count: number) => Math.floor((rng.next32() / 4294967296) * count);
