/**
 * What a program would take, before it is placed: the certificate's bounds on its units with no wires between them. Cheap
 * enough to choose tiles and copies by.
 */
import { DiagnosticError } from '../base/diagnostic.ts';
import type { Fabric } from '../fabric/graph.ts';
import type { LoopProgram } from '../ir/loops.ts';
import { type Netlist, UNIT_KINDS } from '../ir/netlist.ts';
import { boundsOf, type MemoryNumbers } from './certificate/bounds.ts';
import { mapProgram } from './compile.ts';
import { configureTiles } from './configure.ts';
import { estimateOf } from './estimate.ts';
import { lower } from './lower/lower.ts';

export interface Prediction {
  /** The largest bound; no run is shorter, and most are little longer. */
  readonly cycles: number;
  /** Half-way from there to what it would take if each waited for all before it (`estimateOf`): bounds do not see that. */
  readonly expected: number;
  /** Units of all kinds. */
  readonly units: number;
  /** Of the kind of unit that is scarcest, the share that it has. */
  readonly share: number;
}

/** Share of the units of a kind that a program chosen by prediction may have: full fabrics seldom route. */
const FULL = 0.9;

/** A prediction, or nothing for a program that does not fit. */
export function predict(program: LoopProgram, fabric: Fabric, memory: MemoryNumbers): Prediction | undefined {
  try {
    const { program: mapped, kernel } = mapProgram(program, fabric);
    if (kernel) return { cycles: kernel.plan.cycles.total, expected: kernel.plan.cycles.total, units: fabric.tiles.length, share: 1 };
    const { netlist, streams } = lower(fabric.arch, mapped);
    const placement = anywhere(netlist, fabric);
    if (!placement) return undefined;
    // Which port a generator has is up to the placement, which spreads them.
    const [bound] = boundsOf(fabric, configureTiles(netlist, fabric, placement, []), memory).list.filter(({ kind }) => kind !== 'axi-port');
    const cycles = bound?.cycles ?? 0;
    const expected = (cycles + Math.max(cycles, estimateOf(mapped, { lanes: fabric.arch.pcu.lanes, memory, streams }))) / 2;
    return { cycles, expected, units: netlist.units.length, share: shareOf(netlist, fabric) };
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

const shareOf = ({ units }: Netlist, fabric: Fabric): number =>
  Math.max(
    ...UNIT_KINDS.map(
      (kind) =>
        units.filter((unit) => unit.kind === kind).length /
        Math.max(1, kind === 'host' ? Number.POSITIVE_INFINITY : fabric.tilesOf(kind).length),
    ),
  );

/** Each unit on some tile of its kind; nothing where they are too many. */
function anywhere({ units }: Netlist, fabric: Fabric): Map<string, number> | undefined {
  const placement = new Map<string, number>();
  for (const kind of UNIT_KINDS) {
    const tiles = fabric.tilesOf(kind);
    const own = units.filter((unit) => unit.kind === kind);
    if (own.length > (kind === 'host' ? tiles.length : Math.max(1, Math.floor(FULL * tiles.length)))) return undefined;
    for (const [i, unit] of own.entries()) placement.set(unit.id, tiles[i].id);
  }
  return placement;
}
