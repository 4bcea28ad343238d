/** The wordings of placement and routing. */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import { plural } from '../base/text.ts';
import type { Fabric } from '../fabric/graph.ts';
import { tracksOf } from '../fabric/ports.ts';
import type { Net, Netlist, UnitKind } from '../ir/netlist.ts';
import { byPlace, topOf } from './consumers.ts';
import { remedy } from './messages.ts';
import { consumersOf, smallestGrid, tilesOfGrid } from './place/budget.ts';

const KIND_NAMES: Record<UnitKind, [string, string]> = {
  pcu: ['compute unit', 'compute units'],
  pmu: ['memory unit', 'memory units'],
  ag: ['address generator', 'address generators'],
  host: ['host tile', 'host tiles'],
};

/** More units of a kind than the fabric has: who takes them, what else the program needs, and the smallest grid that would do. */
export function tooManyUnits(fabric: Fabric, netlist: Netlist, kind: UnitKind, needed: number, available: number): Diagnostic {
  const [one, many] = KIND_NAMES[kind];
  const { arch } = fabric;
  const grid = `${arch.grid.columns}x${arch.grid.rows}`;
  const top = topOf(consumersOf(netlist, kind), (count) => plural(count, one, many));
  const whole = (['pcu', 'pmu', 'ag'] as const).map((other) => {
    const count = netlist.units.filter((unit) => unit.kind === other).length;
    return `${count} of ${plural(tilesOfGrid(arch, arch.grid, other), ...KIND_NAMES[other])}`;
  });
  const larger = smallestGrid(arch, netlist);
  const fewer = kind === 'ag' ? 'use fewer streams at a time' : 'lower the parallelisation';
  return errorDiagnostic('E0601', `the program needs ${plural(needed, one, many)}, \`${arch.name}\` has ${available}`, {
    label: `a ${grid} grid holds ${plural(available, one, many)}`,
    notes: [...top, `in all the program needs ${whole.join(', ')}`],
    help: larger ? `${fewer}, or use a grid that holds it: the smallest is \`--grid ${larger.columns}x${larger.rows}\`` : fewer,
  });
}

/** A net with a sink that no path reaches: tracks that are too few lie at the ports of its units, or none of them turns that way. */
export function noPath(fabric: Fabric, net: Net): Diagnostic {
  const tracks = tracksOf(fabric.arch, net.net);
  return errorDiagnostic('E0602', `no path carries ${describe(net)}`, {
    label: `${plural(tracks, `${net.net} track`)} between adjacent switches`,
    ...remedy('lower the parallelisation', `network.${net.net}Tracks`, tracks + 1),
  });
}

/** A line across the fabric that more nets must cross than it has tracks. */
export function cutTooNarrow(
  fabric: Fabric,
  netlist: Netlist,
  net: Net['net'],
  where: string,
  crossing: readonly Net[],
  capacity: number,
): Diagnostic {
  const tracks = tracksOf(fabric.arch, net);
  return errorDiagnostic('E0603', `${plural(crossing.length, `${net} net`)} must cross ${where}, which has ${plural(capacity, 'track')}`, {
    label: `${plural(tracks, `${net} track`)} between adjacent switches`,
    notes: topOf(sendersOf(netlist, crossing), (count) => plural(count, 'net')),
    ...remedy('lower the parallelisation', `network.${net}Tracks`, Math.ceil((crossing.length * tracks) / capacity)),
  });
}

/** Negotiation that did not end: the smallest dispute that was left. */
export function routingFailed(fabric: Fabric, netlist: Netlist, disputed: readonly Net[], links: number): Diagnostic {
  const smallest = disputed[0];
  return errorDiagnostic(
    'E0604',
    `${plural(disputed.length, 'net')} of the ${smallest.net} network cannot share ${plural(links, 'link')}`,
    {
      label: `the smallest of them is ${describe(smallest)}`,
      notes: topOf(sendersOf(netlist, disputed), (count) => plural(count, 'net in dispute', 'nets in dispute')),
      ...remedy('lower the parallelisation', `network.${smallest.net}Tracks`, tracksOf(fabric.arch, smallest.net) + 1),
    },
  );
}

/** The lines of the program that nets come from. */
function sendersOf({ units }: Netlist, nets: readonly Net[]) {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  return byPlace(nets.map(({ from, id, label }) => ({ name: label ?? id, source: byId.get(from.unit)?.source })));
}

function describe(net: Net): string {
  const name = net.label === undefined ? `\`${net.id}\`` : `\`${net.id}\` (${net.label})`;
  return `${name} from \`${net.from.unit}\` to ${net.to.map((ref) => `\`${ref.unit}\``).join(', ')}`;
}
