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
import { lower } from './lower/lower.ts';

export interface Prediction {
  /** The largest bound; no run is shorter, and most are little longer. */
  readonly cycles: number;
  /** Units of all kinds. */
  readonly units: number;
}

/** Share of the units of a kind that a program chosen by prediction may have: full fabrics seldom route. */
const FULL = 0.9;

/** A prediction, or nothing for a program that does not fit. */
export function predict(program: LoopProgram, fabric: Fabric, memory: MemoryNumbers): Prediction | undefined {
  try {
    const { program: mapped, kernel } = mapProgram(program, fabric);
    if (kernel) return { cycles: kernel.plan.cycles.total, units: fabric.tiles.length };
    const { netlist } = lower(fabric.arch, mapped);
    const placement = anywhere(netlist, fabric);
    if (!placement) return undefined;
    const [bound] = boundsOf(fabric, configureTiles(netlist, fabric, placement, []), memory).list;
    return { cycles: bound?.cycles ?? 0, units: netlist.units.length };
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

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
