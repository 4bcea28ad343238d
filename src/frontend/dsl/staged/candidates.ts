/** Tiles and copies to choose from: for every pace the stages can be kept to, the size of a tile that suits it best. */
import type { Target } from '../../program.ts';
import { type Classes, needsWhole, overRows, planStages, type StagedPlan, type StagedShape, tilesOfWay } from './plan.ts';

/** Copies of the busiest stage. */
const PACES = [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 56];

/** Loops over tiles side by side. */
const WAYS = [1, 2, 3, 4, 6, 8, 12, 16, 24];

/**
 * Plans in series, each from the smallest to the fastest: first those that load what streams in every step, then, where there are
 * steps, those that keep it on chip. None where no tile of a row fits on chip.
 */
export function stagedCandidates(shape: StagedShape, classes: Classes): StagedPlan[][] {
  const kept = stepsOf(shape) > 1 ? [seriesOf(shape, classes, true)] : [];
  return [seriesOf(shape, classes, false), ...kept].filter((series) => series.length > 0);
}

function seriesOf(shape: StagedShape, classes: Classes, resident: boolean): StagedPlan[] {
  const sizes = rowsOfTiles(shape, classes);
  // A scan goes from tile to tile.
  const scanned = shape.stages.some((stage) => stage.scan && classes.loop(stage, stage.scan.name) === classes.row.of);
  const allowed = scanned ? [1] : WAYS;
  const found: StagedPlan[] = [];
  const seen = new Set<string>();
  for (const pace of PACES) {
    const plans = sizes.flatMap((rows) =>
      allowed
        .filter((ways) => ways <= pace && ways <= Math.ceil(classes.row.size / rows))
        .map((ways) => ({
          ...planStages(shape, classes, rows, Math.ceil((ways * busiest(shape, classes, rows)) / pace), ways),
          resident,
        }))
        .filter((plan) => !resident || staysOnChip(shape, plan)),
    );
    const [best] = plans.sort((a, b) => timeOf(a, shape) - timeOf(b, shape) || a.ways - b.ways || a.rows - b.rows);
    if (!best) continue;
    const key = `${best.rows} ${best.ways}: ${best.stages.map(({ copies }) => copies).join()}`;
    if (!seen.has(key)) found.push(best);
    seen.add(key);
  }
  return found;
}

/** Issues a tile of the stage with the most. */
function busiest(shape: StagedShape, classes: Classes, rows: number): number {
  const { stages } = planStages(shape, classes, rows, Number.POSITIVE_INFINITY);
  return Math.max(1, ...stages.filter(({ stage }) => overRows(classes, stage)).map(({ work }) => work));
}

/** Cycles from one tile to the next that nothing hides. */
const TURN = 32;

/**
 * Cycles of a plan, roughly. A tile is held from its first word until the last stage has read it, in one of two buffers; and
 * what is iterated waits for all stages of the last tile before its next step.
 */
export function timeOf(plan: StagedPlan, shape: StagedShape): number {
  const { stages, tiles, ways, classes, extent } = plan;
  const busy = stages.filter(({ stage }) => overRows(classes, stage)).map(({ work, copies }) => work / copies);
  const rest = stages.filter(({ stage }) => !overRows(classes, stage)).reduce((sum, { work }) => sum + work, 0);
  const loads = shape.arrays.map(({ name, shape: sizes }) => {
    const of = sizes.map((_, d) => classes.dimension(name, d));
    if (!of.includes(classes.row.of)) return 0;
    return of.reduce((n, one, d) => (one === undefined ? n : n * extent(one, sizes[d])), 1 / shape.target.lanes);
  });
  // What stays is loaded before the first step.
  const once = plan.resident ? loads.reduce((sum, words) => sum + words * tiles, 0) : 0;
  const load = plan.resident ? 0 : ways * Math.max(0, ...loads);
  const through = busy.reduce((sum, work) => sum + work, 0);
  const tile = TURN + Math.max(load, ...busy, (load + through) / 2);
  return once + stepsOf(shape) * (Math.ceil(tiles / ways) * tile + through + rest);
}

const stepsOf = ({ times }: StagedShape): number => times.reduce((n, { size }) => n * size, 1);

/** Does all that streams fit, each array into a memory a loop over tiles, for all steps? */
function staysOnChip({ arrays, target }: StagedShape, plan: StagedPlan): boolean {
  const { classes, rows, ways, extent } = plan;
  const most = rows * Math.max(...Array.from({ length: ways }, (_, c) => tilesOfWay(plan, c)).map(([first, end]) => end - first));
  return arrays.every(({ name, shape: sizes }) => {
    const of = sizes.map((_, d) => classes.dimension(name, d));
    if (!of.includes(classes.row.of)) return true;
    const extents = of.map((one, d) => (one === undefined ? sizes[d] : one === classes.row.of ? most : extent(one, sizes[d])));
    const last = extents.pop() as number;
    // Rows may get some words more, so that lanes can run along either dimension.
    return extents.reduce((n, size) => n * size, extents.length > 0 ? last + PADDING : last) <= PARTS * target.memoryWords;
  });
}

/** Memory units that an array may take: each is an input and an operation of its readers. */
const PARTS = 10;

/** Words that a row is padded by at the most. */
const PADDING = 3;

/** Tiles for which everything that streams fits twice into a memory. */
function rowsOfTiles(shape: StagedShape, classes: Classes): number[] {
  const { lanes, ring } = shape.target;
  const full = ring * lanes;
  const whole = Math.ceil(classes.row.size / full) * full;
  if (needsWhole(shape, classes)) return fits(shape, classes, classes.row.size, 1) ? [classes.row.size] : [];
  // Of a box a single outer dimension may reach beyond its array, and scans may pad another one.
  const exact = shape.stages.some(({ scan }) => scan) || shape.arrays.some((one) => one.shape.length > 2);
  const wanted = [16, 8, 4, 2, 1, 1 / 2, 1 / 4, 1 / 8]
    .map((blocks) => Math.ceil(blocks * full))
    .filter((rows) => rows <= Math.max(whole, full))
    .map((rows) => (exact ? Math.min(rows, classes.row.size) : rows));
  const fitting = wanted.filter((rows) => fits(shape, classes, rows, 2));
  return fitting.length > 0 ? fitting : [1];
}

function fits(shape: StagedShape, classes: Classes, rows: number, buffers: number): boolean {
  const { stages, extent } = planStages(shape, classes, rows, Number.POSITIVE_INFINITY);
  const { memoryWords }: Target = shape.target;
  // Rows of an even number of words get one more, so that lanes can run along either dimension.
  const words = (sizes: readonly (readonly [string, number])[]) => {
    const extents = sizes.map(([of, size]) => extent(of, size));
    const last = extents.pop() ?? 1;
    return extents.reduce((n, size) => n * size, extents.length > 0 ? last + 1 : last);
  };
  const arrays = shape.arrays.map(({ name, shape: sizes }) =>
    sizes.flatMap((size, d): [string, number][] => {
      const of = classes.dimension(name, d);
      return of === undefined ? [] : [[of, size]];
    }),
  );
  const made = stages.map(({ stage }) => stage.out.map(({ name, size }): [string, number] => [classes.loop(stage, name), size]));
  return [...arrays, ...made].every((sizes) => words(sizes) * (sizes.some(([of]) => of === classes.row.of) ? buffers : 1) <= memoryWords);
}
