/** A run that stands still, in the program's own names: who waits for whom, and the circle that closes. */
import type { UnitName } from '../../compiler/certificate/contexts.ts';
import { decodeConnections } from '../../compiler/connections.ts';
import type { PmuConfig, TileConfig } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { NetClass } from '../../fabric/ports.ts';
import { describeWaiting, type WaitingAt } from '../../sim/watchdog.ts';

/** The circle of waiting contexts first, if one closes, then one line each. */
export function explainHang(
  fabric: Fabric,
  configs: ReadonlyMap<number, TileConfig>,
  waiting: readonly WaitingAt[],
  names: ReadonlyMap<number, UnitName> = new Map(),
): string[] {
  const nameOf = (one: WaitingAt): string => {
    const name = names.get(one.tile);
    if (!name) return `${one.kind} (${one.x},${one.y})`;
    return `\`${name.label}\`${name.source ? ` (${name.source.file}:${name.source.line})` : ''}`;
  };
  const circle = circleOf(waiting, waitsFor(fabric, configs, waiting));
  const line = (one: WaitingAt) => describeWaiting(one).replace(/^\w+ \(\d+,\d+\)/, nameOf(one));
  const told = circle.map((one, i) => `${nameOf(one)} waits for ${one.missing} from ${nameOf(circle[(i + 1) % circle.length])}`);
  const head = told.length > 0 ? [`they wait for each other in a circle of ${told.length}:`, ...told] : [];
  return [...head, ...waiting.filter((one) => !circle.includes(one)).map(line)];
}

/** For every waiting context, those that should send what it misses, or take what it holds. */
function waitsFor(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>, waiting: readonly WaitingAt[]) {
  const connections = decodeConnections(fabric, configs);
  const at = (tiles: readonly number[]) => waiting.filter((one) => tiles.includes(one.tile));
  const before = (tile: number, net: NetClass, port: number) =>
    at(connections.filter(({ net: own, to }) => own === net && to.tile === tile && to.port === port).map(({ from }) => from.tile));
  return (one: WaitingAt): readonly WaitingAt[] => {
    const input = /(vector|scalar) input (\d+)/.exec(one.missing);
    if (input) return before(one.tile, input[1] as NetClass, Number(input[2]));
    const output = /(vector|scalar) output (\d+)/.exec(one.missing);
    if (output) {
      const leaves = connections.filter(({ net, from }) => net === output[1] && from.tile === one.tile && from.port === Number(output[2]));
      return at(leaves.map(({ to }) => to.tile));
    }
    const token = /token\D*(\d+)/.exec(one.missing);
    if (!token) return [];
    const number = Number(token[1]);
    if (one.kind !== 'pmu') return before(one.tile, 'control', number);
    const config = configs.get(one.tile)?.unit as PmuConfig;
    const { controlIn } = fabric.arch.pmu;
    const { source } = config.tokenIn[number];
    if (source < controlIn) return before(one.tile, 'control', source);
    const giver = config.tokenOut[source - controlIn].context;
    const { writeContexts } = fabric.arch.pmu;
    const name = giver < writeContexts ? `write ${giver}` : `read ${giver - writeContexts}`;
    return waiting.filter((other) => other.tile === one.tile && other.context === name);
  };
}

/** Contexts each of which waits for the next, the last for the first; none where no circle closes. */
function circleOf(waiting: readonly WaitingAt[], next: (one: WaitingAt) => readonly WaitingAt[]): WaitingAt[] {
  const done = new Set<WaitingAt>();
  const path: WaitingAt[] = [];
  const visit = (one: WaitingAt): WaitingAt[] => {
    const seen = path.indexOf(one);
    if (seen >= 0) return path.slice(seen);
    if (done.has(one)) return [];
    path.push(one);
    for (const other of next(one)) {
      const found = visit(other);
      if (found.length > 0) return found;
    }
    path.pop();
    done.add(one);
    return [];
  };
  for (const one of waiting) {
    const found = visit(one);
    if (found.length > 0) return found;
  }
  return [];
}
