/** A run that stands still, in the program's own names: who waits for whom, and the circle that closes. */
import type { UnitName } from '../../compiler/certificate/contexts.ts';
import { decodeConnections } from '../../compiler/connections.ts';
import type { PcuConfig, PmuConfig, TileConfig } from '../../fabric/config.ts';
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
  const whole = (one: WaitingAt) => (one.kind === 'pmu' ? `${nameOf(one)} ${one.context}` : nameOf(one));
  const told = circle.map((one, i) => `${whole(one)} waits for ${one.missing} from ${whole(circle[(i + 1) % circle.length])}`);
  const head = told.length > 0 ? [`they wait for each other in a circle of ${told.length}:`, ...told] : [];
  return [...head, ...waiting.filter((one) => !circle.includes(one)).map(line)];
}

/** For every waiting context, those that should send what it misses, or take what it holds. */
function waitsFor(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>, waiting: readonly WaitingAt[]) {
  const connections = decodeConnections(fabric, configs);
  const at = (tiles: readonly number[]) => waiting.filter((one) => tiles.includes(one.tile));
  const pmuAt = (tile: number) => configs.get(tile)?.unit as PmuConfig;
  const { controlIn, writeContexts } = fabric.arch.pmu;
  /** A context of a memory unit by its number, as the watchdog calls it. */
  const named = (tile: number, context: number) => {
    const name = context < writeContexts ? `write ${context}` : `read ${context - writeContexts}`;
    return waiting.filter((one) => one.tile === tile && one.context === name);
  };
  /** What sends to a port; of a memory unit the context: output r is that of read context r. */
  const before = (tile: number, net: NetClass, port: number): readonly WaitingAt[] =>
    connections
      .filter(({ net: own, to }) => own === net && to.tile === tile && to.port === port)
      .flatMap(({ from }) => {
        if (fabric.tiles[from.tile].kind !== 'pmu') return at([from.tile]);
        return named(from.tile, net === 'control' ? pmuAt(from.tile).tokenOut[from.port].context : writeContexts + from.port);
      });
  return (one: WaitingAt): readonly WaitingAt[] => {
    const input = /(vector|scalar) input (\d+)/.exec(one.missing);
    if (input) return before(one.tile, input[1] as NetClass, Number(input[2]));
    const output = /(vector|scalar) output (\d+)/.exec(one.missing);
    if (output) {
      const leaves = connections.filter(({ net, from }) => net === output[1] && from.tile === one.tile && from.port === Number(output[2]));
      return at(leaves.map(({ to }) => to.tile));
    }
    if (one.missing.includes('tap-in')) {
      const { tapIn } = (configs.get(one.tile) as TileConfig).unit as PcuConfig;
      return before(one.tile, 'vector', tapIn.port);
    }
    const token = /token\D*(\d+)/.exec(one.missing);
    if (!token) return [];
    const number = Number(token[1]);
    if (one.kind !== 'pmu') return before(one.tile, 'control', number);
    const { tokenIn, tokenOut } = pmuAt(one.tile);
    const { source } = tokenIn[number];
    return source < controlIn ? before(one.tile, 'control', source) : named(one.tile, tokenOut[source - controlIn].context);
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
