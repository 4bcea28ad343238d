/** The wordings of placement and routing. */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import { plural } from '../base/text.ts';
import type { Fabric } from '../fabric/graph.ts';
import { tracksOf } from '../fabric/ports.ts';
import type { Net, UnitKind } from '../ir/netlist.ts';

const KIND_NAMES: Record<UnitKind, [string, string]> = {
  pcu: ['compute unit', 'compute units'],
  pmu: ['memory unit', 'memory units'],
  ag: ['address generator', 'address generators'],
  host: ['host tile', 'host tiles'],
};

/** More units of a kind than the fabric has. */
export function tooManyUnits(fabric: Fabric, kind: UnitKind, needed: number, available: number): Diagnostic {
  const [one, many] = KIND_NAMES[kind];
  const grid = `${fabric.arch.grid.columns}x${fabric.arch.grid.rows}`;
  return errorDiagnostic('E0601', `the program needs ${plural(needed, one, many)}, \`${fabric.arch.name}\` has ${available}`, {
    label: `a ${grid} grid holds ${plural(available, one, many)}`,
    help: kind === 'ag' ? 'use fewer streams at a time, or add sides to `ag.sides`' : 'lower the parallelisation, or use a larger grid',
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
