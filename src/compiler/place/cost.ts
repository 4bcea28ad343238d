/**
 * What a placement costs, kept up to date move by move: per net the half perimeter of its bounding
 * box (scaled for many pins) times the crowding of that box, plus its connections' lengths weighted
 * by how critical they are; the cycles that
 * streams lose by sharing a memory port; and, where the program is
 * small enough to afford it at every move, the longest path itself.
 */

import { lossCost, lostCycles } from './memory.ts';
import { KIND_NUMBER, type PlaceProblem } from './problem.ts';
import { longestPath, type TimingGraph, timingGraph, updateCriticality } from './timing.ts';

/** Weight of a critical hop against one of wire. */
const CRITICAL = 2;
/** Weight of a cycle of the longest path against one hop of wire. */
const LONGEST = 8;
/** Up to this many connections the longest path is computed at every move. */
const EXACT_EDGES = 160;
/** Bounding boxes underestimate the wire of nets with many pins; half a hop a pin beyond three is near what routing needs. */
const PER_PIN = 0.5;

const AG = KIND_NUMBER.ag;

export class PlacementCost {
  /** Tile of each unit. */
  readonly place: Int32Array;
  /** Unit on each tile, or -1. */
  readonly unitAt: Int32Array;
  readonly graph: TimingGraph;
  readonly exact: boolean;
  total = 0;
  longest = 0;
  /** Cycles lost to streams that share a memory port. */
  lost = 0;
  readonly #problem: PlaceProblem;
  readonly #netCost: Float64Array;
  readonly #criticality: Float64Array;
  readonly #stamp: Int32Array;
  readonly #touched: Int32Array;
  readonly #newCost: Float64Array;
  /** Sums of crowding over the rectangle from the origin, or undefined. */
  #crowding?: Float64Array;
  #clock = 0;

  constructor(problem: PlaceProblem, place: Int32Array) {
    this.#problem = problem;
    this.place = place;
    this.unitAt = new Int32Array(problem.fabric.tiles.length).fill(-1);
    for (let u = 0; u < problem.units; u++) this.unitAt[place[u]] = u;
    this.graph = timingGraph(problem);
    this.exact = this.graph.from.length <= EXACT_EDGES;
    this.#netCost = new Float64Array(problem.nets);
    this.#newCost = new Float64Array(problem.nets);
    this.#criticality = new Float64Array(problem.pins.length);
    this.#stamp = new Int32Array(problem.nets);
    this.#touched = new Int32Array(problem.nets);
    this.refresh();
  }

  /** Spreads units away from crowded tiles: `crowding` per tile, 0 where routing had no trouble. */
  setCrowding(crowding: Float64Array): void {
    const { width, height } = this.#problem.fabric;
    const sums = new Float64Array((width + 1) * (height + 1));
    for (let y = 0; y < height; y++) {
      let row = 0;
      for (let x = 0; x < width; x++) {
        row += crowding[y * width + x];
        sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
      }
    }
    this.#crowding = sums;
    this.refresh();
  }

  /** Computes everything afresh, criticality included. */
  refresh(): void {
    const { problem, place } = { problem: this.#problem, place: this.place };
    this.longest = updateCriticality(problem, this.graph, place, this.#criticality);
    this.total = this.exact ? LONGEST * this.longest : 0;
    for (let n = 0; n < problem.nets; n++) this.total += this.#netCost[n] = this.#costOf(n);
    this.lost = this.#lostNow();
    this.total += lossCost(this.lost);
  }

  /** How critical the connection to each pin is, as of the last `refresh`. */
  get criticality(): Float64Array {
    return this.#criticality;
  }

  /** Hops of wire, the bounding boxes without any weight. */
  wirelength(): number {
    let sum = 0;
    for (let n = 0; n < this.#problem.nets; n++) sum += this.#halfPerimeter(n);
    return sum;
  }

  /**
   * Moves `unit` to `tile`, swapping with a unit that stands there, and returns the change of cost.
   * `undo` with the same arguments, called before any other move, takes it back.
   */
  move(unit: number, tile: number): number {
    const origin = this.place[unit];
    const other = this.unitAt[tile];
    this.#swap(unit, origin, other, tile);
    const { unitStart, unitNets, kind } = this.#problem;
    this.#clock++;
    let count = 0;
    let delta = 0;
    for (let side = 0; side < 2; side++) {
      const moved = side === 0 ? unit : other;
      if (moved < 0) continue;
      for (let i = unitStart[moved]; i < unitStart[moved + 1]; i++) {
        const n = unitNets[i];
        if (this.#stamp[n] === this.#clock) continue;
        this.#stamp[n] = this.#clock;
        this.#touched[count++] = n;
        const cost = this.#costOf(n);
        this.#newCost[n] = cost;
        delta += cost - this.#netCost[n];
      }
    }
    this.#pending = { unit, origin, other, tile, count, delta, longest: this.longest, lost: this.lost };
    if (kind[unit] === AG) {
      this.lost = this.#lostNow();
      delta += lossCost(this.lost) - lossCost(this.#pending.lost);
    }
    if (this.exact) {
      const longest = longestPath(this.#problem, this.graph, this.place);
      delta += LONGEST * (longest - this.longest);
      this.longest = longest;
    }
    this.#pending.delta = delta;
    return delta;
  }

  keep(): void {
    const { count, delta } = this.#pending;
    for (let i = 0; i < count; i++) this.#netCost[this.#touched[i]] = this.#newCost[this.#touched[i]];
    this.total += delta;
  }

  undo(): void {
    const { unit, origin, other, tile, longest, lost } = this.#pending;
    this.#swap(unit, tile, other, origin);
    this.longest = longest;
    this.lost = lost;
  }

  #pending = { unit: 0, origin: 0, other: -1, tile: 0, count: 0, delta: 0, longest: 0, lost: 0 };

  #swap(unit: number, from: number, other: number, to: number): void {
    this.unitAt[from] = other;
    if (other >= 0) this.place[other] = from;
    this.unitAt[to] = unit;
    this.place[unit] = to;
  }

  #lostNow(): number {
    const { fabric, streams, tilePort } = this.#problem;
    return lostCycles(fabric.arch, streams, (unit) => tilePort[this.place[unit]]);
  }

  #halfPerimeter(n: number): number {
    const { pinStart, pins, tileX, tileY } = this.#problem;
    let left = 1e9;
    let right = -1;
    let top = 1e9;
    let bottom = -1;
    for (let p = pinStart[n]; p < pinStart[n + 1]; p++) {
      const tile = this.place[pins[p]];
      const x = tileX[tile];
      const y = tileY[tile];
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    return right - left + bottom - top;
  }

  #costOf(n: number): number {
    const { pinStart, pins, tileX, tileY, weight, fabric } = this.#problem;
    const first = pinStart[n];
    const end = pinStart[n + 1];
    const source = this.place[pins[first]];
    const sx = tileX[source];
    const sy = tileY[source];
    let left = sx;
    let right = sx;
    let top = sy;
    let bottom = sy;
    let lengths = 0;
    for (let p = first + 1; p < end; p++) {
      const tile = this.place[pins[p]];
      const x = tileX[tile];
      const y = tileY[tile];
      if (x < left) left = x;
      else if (x > right) right = x;
      if (y < top) top = y;
      else if (y > bottom) bottom = y;
      const critical = this.#criticality[p];
      lengths += CRITICAL * critical * critical * (Math.abs(x - sx) + Math.abs(y - sy));
    }
    // A stream from a unit to itself goes round a square of switches.
    let wire = end - first === 1 ? 4 : right - left + bottom - top;
    if (end - first > 3) wire += PER_PIN * (end - first - 3);
    if (this.#crowding) {
      const row = fabric.width + 1;
      const sums = this.#crowding;
      const sum =
        sums[(bottom + 1) * row + right + 1] - sums[top * row + right + 1] - sums[(bottom + 1) * row + left] + sums[top * row + left];
      wire *= 1 + sum / ((right - left + 1) * (bottom - top + 1));
    }
    return (0.1 + 0.9 * weight[n]) * (wire + lengths);
  }
}
