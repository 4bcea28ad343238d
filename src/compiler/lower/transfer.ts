/** One dense transfer -> an address generator. */
import { zeroOf } from '../../base/bitstruct.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { agLayout } from '../../fabric/config.ts';
import type { AffineExpr, Bound, DramArray, Loop, Memory, Transfer } from '../../ir/loops.ts';
import { coefOf, combine, variable } from '../affine.ts';
import { type Site, transferVar } from '../analysis/sites.ts';
import { buildChain, elementsOf } from '../chain.ts';
import { runTooLong, unsupported } from '../messages.ts';
import type { NetlistBuilder, Unit } from './builder.ts';
import { type BoundInlet, takeBounds } from './leaf.ts';

const RUN_LIMIT = 2 ** 24 - 1;

export interface TransferUnit {
  readonly unit: Unit<'ag'>;
  /** Scalar inputs: bounds of the loops around, where it starts, how many words of a row it moves. */
  readonly bounds: readonly BoundInlet[];
  /** Bits of the counters of all loops but these, as `ordered` was told: an iteration of them begins or ends. */
  insideOf(loops: readonly Loop[]): number;
}

/**
 * Builds the AG of a transfer; `base` is the array's first word address, `ordered` the loops whose iterations others wait for.
 * A store says when it is done, a load if it is `told` to.
 */
export function lowerTransfer(
  builder: NetlistBuilder,
  site: Site,
  dram: DramArray,
  memory: Memory,
  base: number,
  name: string,
  ordered: readonly (readonly Loop[])[],
  told: boolean,
): TransferUnit {
  const transfer = site.statement as Transfer;
  const { arch } = builder;
  const rank = transfer.extent.length;
  const run = transfer.extent[rank - 1];
  if (run > RUN_LIMIT) throw new DiagnosticError(runTooLong(dram.name, run, RUN_LIMIT, transfer.source));
  const dropped = rank - memory.shape.length;
  /** Own loops over all but the last dimension; dimensions the memory dropped have one iteration. */
  const rows: Loop[] = [];
  const place: AffineExpr[] = transfer.offset.map((offset, d) => {
    if (d === rank - 1 || d < dropped) return offset;
    rows.push({ var: transferVar(d - dropped), min: 0, max: transfer.extent[d], step: 1, par: 1 });
    return combine([
      { expr: offset, scale: 1 },
      { expr: variable(transferVar(d - dropped)), scale: 1 },
    ]);
  });
  const loops = [...site.outer, ...rows];
  const strides = dram.shape.map((_, d) => dram.shape.slice(d + 1).reduce((n, extent) => n * extent, 1));
  const address = combine([{ expr: { base, terms: [] }, scale: 1 }, ...place.map((expr, d) => ({ expr, scale: strides[d] }))]);
  const exceeds = place.map((expr, d) => greatest(expr, loops) + (d === rank - 1 ? run : 1) > dram.shape[d]);
  if (place.some((expr) => least(expr, loops) < 0)) {
    throw new DiagnosticError(
      unsupported(
        `transfer of \`${dram.name}\``,
        'it begins before the array, which only a convolution mapped as a whole may do',
        'let the host give the array with its zeros around it, or use an architecture with more or larger memory units',
        transfer.source,
      ),
    );
  }
  const rowDimensions = exceeds.flatMap((over, d) => (over && d < rank - 1 ? [d] : []));
  if (rowDimensions.length > 1) {
    throw new DiagnosticError(
      unsupported(
        `transfer of \`${dram.name}\``,
        'two outer dimensions are ragged',
        'make one of the tile extents divide the array',
        transfer.source,
      ),
    );
  }
  const ragged = exceeds[rank - 1] && !transfer.count;
  const guarded = rowDimensions.length > 0 || exceeds[rank - 1] || transfer.count !== undefined;
  const whole = guarded ? { loops, run, address } : joinRuns(loops, address, run, arch.pcu.lanes, new Set(ordered.flat()));
  const affines = [
    whole.address,
    rowDimensions.length ? place[rowDimensions[0]] : { base: 0, terms: [] },
    ragged ? place[rank - 1] : { base: 0, terms: [] },
  ];
  const everything = new Set(whole.loops.map((loop) => loop.var));
  const inside = (around: readonly Loop[]) => new Set(whole.loops.filter((loop) => !around.includes(loop)).map((loop) => loop.var));
  // Words of data come once a transfer.
  const own = inside(site.outer);
  const chain = buildChain(
    { loops: whole.loops, lanes: false, affines, masks: [everything, own, ...ordered.map(inside)], pinned: new Set() },
    { counters: arch.ag.counters, field: 'ag.counters', what: `transfer of \`${dram.name}\``, source: transfer.source },
  );
  const config = zeroOf(agLayout(arch));
  config.enable = 1;
  config.write = transfer.kind === 'store' ? 1 : 0;
  config.chain = chain.config;
  config.run = whole.run;
  config.address = { base: chain.affine(0).base, inc: chain.affine(0).inc };
  if (rowDimensions.length)
    config.row = { used: 1, limit: dram.shape[rowDimensions[0]], at: { base: chain.affine(1).base, inc: chain.affine(1).inc } };
  if (ragged)
    Object.assign(config.column, { used: 1, limit: dram.shape[rank - 1], at: { base: chain.affine(2).base, inc: chain.affine(2).inc } });
  const unit = builder.add('ag', `ag.${name}`, config, name, transfer.source);
  if (transfer.kind === 'store' || told)
    config.tokenOut[builder.port(unit, 'control', 'out')] = { used: 1, mask: chain.maskOf(everything) };
  const bounds = takeBounds(builder, unit, chain);
  const takeWord = (word: Bound) => {
    const port = builder.port(unit, 'scalar', 'in');
    bounds.push({ taker: word, unit, port });
    return { used: 1, port, mask: chain.maskOf(own) };
  };
  if (transfer.start) config.offset = takeWord(transfer.start);
  if (transfer.count) Object.assign(config.column, { used: 1, from: takeWord(transfer.count) });
  return { unit, bounds, insideOf: (around) => chain.maskOf(inside(around)) };
}

/**
 * Runs that follow each other in DRAM are one run: fewer commands, fuller bursts. The vectors stay the same as long as a
 * run is whole vectors.
 */
function joinRuns(
  loops: readonly Loop[],
  address: AffineExpr,
  run: number,
  lanes: number,
  kept: ReadonlySet<Loop>,
): { loops: readonly Loop[]; run: number; address: AffineExpr } {
  const loop = loops.at(-1);
  if (loop === undefined || loop.bound) return { loops, run, address };
  const trips = elementsOf(loop);
  const joins =
    trips === 1 || (!kept.has(loop) && run % lanes === 0 && coefOf(address, loop.var) * loop.step === run && run * trips <= RUN_LIMIT);
  return joins ? joinRuns(loops.slice(0, -1), withoutLoop(address, loop), run * trips, lanes, kept) : { loops, run, address };
}

/** The address with a loop at its first iteration. */
const withoutLoop = (address: AffineExpr, loop: Loop): AffineExpr => ({
  base: address.base + coefOf(address, loop.var) * loop.min,
  terms: address.terms.filter((term) => term.var !== loop.var),
});

/** Smallest value of an affine expression over the loops' iterations. */
const least = ({ base, terms }: AffineExpr, loops: readonly Loop[]): number =>
  -greatest({ base: -base, terms: terms.map((term) => ({ ...term, coef: -term.coef })) }, loops);

/** Largest value of an affine expression over the loops' iterations. */
function greatest(expr: AffineExpr, loops: readonly Loop[]): number {
  return expr.terms.reduce((sum, term) => {
    const loop = loops.find((l) => l.var === term.var);
    if (!loop) return sum;
    const last = loop.min + Math.max(0, Math.ceil((loop.max - loop.min) / loop.step) - 1) * loop.step;
    return sum + Math.max(term.coef * loop.min, term.coef * last);
  }, expr.base);
}
