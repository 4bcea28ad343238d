/** The wordings of placement and routing. */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import { plural } from '../base/text.ts';
import type { Fabric } from '../fabric/graph.ts';
import { tracksOf } from '../fabric/ports.ts';
import type { Net, Netlist, UnitKind } from '../ir/netlist.ts';
import { consumersOf, smallestGrid, tilesOfGrid } from './place/budget.ts';

const KIND_NAMES: Record<UnitKind, [string, string]> = {
  pcu: ['compute unit', 'compute units'],
  pmu: ['memory unit', 'memory units'],
  ag: ['address generator', 'address generators'],
  host: ['host tile', 'host tiles'],
};

/** Lines of the program named as the largest users of a kind of unit. */
const TOP = 4;

/** More units of a kind than the fabric has: who takes them, what else the program needs, and the smallest grid that would do. */
export function tooManyUnits(fabric: Fabric, netlist: Netlist, kind: UnitKind, needed: number, available: number): Diagnostic {
  const [one, many] = KIND_NAMES[kind];
  const { arch } = fabric;
  const grid = `${arch.grid.columns}x${arch.grid.rows}`;
  const consumers = consumersOf(netlist, kind);
  const top = consumers.slice(0, TOP).map(({ what, count }) => `${plural(count, one, many)} for ${what}`);
  const rest = consumers.slice(TOP).reduce((sum, { count }) => sum + count, 0);
  const whole = (['pcu', 'pmu', 'ag'] as const).map((other) => {
    const count = netlist.units.filter((unit) => unit.kind === other).length;
    return `${count} of ${plural(tilesOfGrid(arch, arch.grid, other), ...KIND_NAMES[other])}`;
  });
  const larger = smallestGrid(arch, netlist);
  const fewer = kind === 'ag' ? 'use fewer streams at a time' : 'lower the parallelisation';
  return errorDiagnostic('E0601', `the program needs ${plural(needed, one, many)}, \`${arch.name}\` has ${available}`, {
    label: `a ${grid} grid holds ${plural(available, one, many)}`,
    notes: [...top, ...(rest > 0 ? [`${plural(rest, one, many)} for other lines`] : []), `in all the program needs ${whole.join(', ')}`],
    help: larger ? `${fewer}, or use a grid that holds it: the smallest is \`--grid ${larger.columns}x${larger.rows}\`` : fewer,
  });
}

/** A net with a sink that no path reaches. */
export function noPath(net: Net): Diagnostic {
  return errorDiagnostic('E0602', `no path carries ${describe(net)}`, { label: `${net.net} network` });
}

/** A line across the fabric that more nets must cross than it has tracks. */
export function cutTooNarrow(fabric: Fabric, net: Net['net'], where: string, nets: number, capacity: number): Diagnostic {
  return errorDiagnostic('E0603', `${plural(nets, `${net} net`)} must cross ${where}, which has ${plural(capacity, 'track')}`, {
    label: `${tracksOf(fabric.arch, net)} ${net} tracks between adjacent switches`,
    help: `raise \`network.${net}Tracks\`, or lower the parallelisation`,
  });
}

/** Negotiation that did not end: the smallest dispute that was left. */
export function routingFailed(disputed: readonly Net[], links: number): Diagnostic {
  const smallest = disputed[0];
  return errorDiagnostic(
    'E0604',
    `${plural(disputed.length, 'net')} of the ${smallest.net} network cannot share ${plural(links, 'link')}`,
    {
      label: `the smallest of them is ${describe(smallest)}`,
      notes: disputed.slice(1, 6).map((net) => `also in dispute: ${describe(net)}`),
      help: `raise \`network.${smallest.net}Tracks\`, or lower the parallelisation`,
    },
  );
}

function describe(net: Net): string {
  const name = net.label === undefined ? `\`${net.id}\`` : `\`${net.id}\` (${net.label})`;
  return `${name} from \`${net.from.unit}\` to ${net.to.map((ref) => `\`${ref.unit}\``).join(', ')}`;
}
