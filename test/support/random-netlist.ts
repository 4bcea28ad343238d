import { zeroOf } from '../../src/base/bitstruct.ts';
import { Rng } from '../../src/base/rng.ts';
import { unitLayout } from '../../src/fabric/config.ts';
import type { Fabric, Tile } from '../../src/fabric/graph.ts';
import { portsOf } from '../../src/fabric/ports.ts';
import type { Net, Netlist, PortRef, UnitKind, VUnit } from '../../src/ir/netlist.ts';

export interface RandomNetlistOptions {
  /** Share of the tiles of each kind that hold a unit, 0..1. */
  readonly fill: number;
  /** Nets per unit, of all classes. */
  readonly netsPerUnit: number;
  /** How far from its driver a sink lies in the hidden arrangement that makes the netlist local; by default anywhere. */
  readonly reach?: number;
  readonly maxSinks?: number;
}

/** A netlist of idle units that fits the fabric's tiles and ports, with locality as programs have it. */
export function randomNetlist(fabric: Fabric, seed: number | string, options: RandomNetlistOptions): Netlist {
  const rng = new Rng(seed);
  const { arch } = fabric;
  const homes: { unit: VUnit; tile: Tile }[] = [];
  for (const kind of ['pcu', 'pmu', 'ag', 'host'] as const) {
    const tiles = rng.shuffle([...fabric.tilesOf(kind)]);
    const count = kind === 'host' ? tiles.length : Math.max(1, Math.round(tiles.length * options.fill));
    for (const tile of tiles.slice(0, count))
      homes.push({ unit: { id: `${kind}${tile.index}`, kind, config: zeroOf(unitLayout(arch, kind)) }, tile });
  }
  homes.sort((a, b) => a.tile.id - b.tile.id);
  const free = new Set<string>();
  const ports = (kind: UnitKind, net: Net['net'], direction: 'in' | 'out') => portsOf(arch, kind)[net][direction];
  const take = (unit: VUnit, net: Net['net'], direction: 'in' | 'out'): PortRef | undefined => {
    for (let port = 0; port < ports(unit.kind, net, direction); port++) {
      const key = `${unit.id}/${net}/${direction}/${port}`;
      if (free.has(key)) continue;
      free.add(key);
      return { unit: unit.id, port };
    }
    return undefined;
  };
  const nets: Net[] = [];
  const wanted = Math.round(homes.length * options.netsPerUnit);
  for (let tries = 0; nets.length < wanted && tries < 20 * wanted; tries++) {
    const net = rng.pick(['vector', 'vector', 'scalar', 'control'] as const);
    const driver = rng.pick(homes);
    const near = homes.filter(
      ({ tile }) => Math.abs(tile.x - driver.tile.x) + Math.abs(tile.y - driver.tile.y) <= (options.reach ?? Number.POSITIVE_INFINITY),
    );
    const from = take(driver.unit, net, 'out');
    if (!from) continue;
    const fan = rng.chance(0.25) ? rng.int(2, options.maxSinks ?? 4) : 1;
    const to: PortRef[] = [];
    for (let i = 0; i < fan; i++) {
      const port = take(rng.pick(near).unit, net, 'in');
      if (port) to.push(port);
    }
    if (to.length > 0) nets.push({ id: `n${nets.length}`, net, from, to });
  }
  return { units: homes.map(({ unit }) => unit), nets };
}
