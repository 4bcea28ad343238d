/**
 * The units of a mapping and the nets between them:
 *
 *     load ─► rows i ──────────┐ along a unit row
 *                              ▼
 *     load ─► columns j ─► multiply-add i,j ─► collect ─► store
 *           along a unit column
 *
 * The order of the start: all right operands, then as much of the left ones as keeps them ahead, then everybody.
 */
import type { Arch } from '../../../arch/schema.ts';
import { zeroOf } from '../../../base/bitstruct.ts';
import { type AgConfig, type HostConfig, hostLayout, type PcuConfig, type PmuConfig } from '../../../fabric/config.ts';
import type { Net, Netlist } from '../../../ir/netlist.ts';
import { multiplyAdd, PORT } from './compute.ts';
import { keepColumns, keepRows, loadColumns, loadRows, loadZeros, NET } from './operands.ts';
import type { StationaryPlan } from './plan.ts';
import { collect, DONE, joinRows, reportDone, store } from './results.ts';

type Sink = readonly [unit: string, port: number];

/** Word addresses of the arrays. */
export interface Places {
  readonly left: number;
  readonly right: number;
  readonly out: number;
}

export function stationaryNetlist(arch: Arch, plan: StationaryPlan, places: Places): Netlist {
  const build = new Build();
  const { rows, columns, links } = plan.grid;
  const each = <T>(make: (i: number, l: number) => T, count: number): T[] =>
    range(links).flatMap((l) => range(count).map((i) => make(i, l)));

  const keepers = each((j, l) => ({ id: `columns${tag(plan, j, l)}`, j, l }), columns);
  const holders = each((i, l) => ({ id: `rows${tag(plan, i, l)}`, i, l }), rows);
  for (const { id, j, l } of keepers) {
    build.unit('pmu', id, keepColumns(arch, plan, j, id !== keepers[0].id));
    build.net(
      'vector',
      id,
      0,
      range(rows).map((i) => [mac(plan, i, j, l), PORT.right]),
    );
  }
  for (const { id, i, l } of holders) {
    build.unit('ag', `load.${id}`, loadRows(arch, plan, places.left, i, l));
    build.unit('pmu', id, keepRows(arch, plan, id !== holders[0].id));
    build.net('vector', `load.${id}`, 0, [[id, 0]]);
    build.net(
      'vector',
      id,
      0,
      range(columns).map((j) => [mac(plan, i, j, l), PORT.left]),
    );
  }
  loadRight(build, arch, plan, places.right, keepers);
  chain(build, keepers, NET.passed, NET.before);
  chain(build, holders, NET.passed, NET.before);
  build.net(
    'control',
    (keepers.at(-1) as { id: string }).id,
    NET.passed,
    holders.map(({ id }) => [`load.${id}`, 0]),
  );
  build.net(
    'control',
    (holders.at(-1) as { id: string }).id,
    NET.passed,
    keepers.map(({ id }) => [id, NET.start]),
  );
  for (const l of range(links))
    for (const i of range(rows)) {
      for (const j of range(columns)) {
        build.unit('pcu', mac(plan, i, j, l), multiplyAdd(arch, plan, l));
        if (l > 0) build.net('vector', mac(plan, i, j, l - 1), 0, [[mac(plan, i, j, l), PORT.sums]]);
      }
    }
  takeResults(build, arch, plan, places.out);
  return build.netlist;
}

function loadRight(
  build: Build,
  arch: Arch,
  plan: StationaryPlan,
  base: number,
  keepers: readonly { readonly id: string; readonly j: number; readonly l: number }[],
): void {
  const whole = plan.right.image?.bands === false;
  for (const { id, j, l } of keepers) {
    if (whole && j > 0) continue;
    build.unit('ag', `load.${id}`, loadColumns(arch, plan, base, j, l));
    const same = whole ? keepers.filter((other) => other.l === l) : [{ id }];
    build.net(
      'vector',
      `load.${id}`,
      0,
      same.map((other) => [other.id, 0]),
    );
  }
  if (plan.right.zeros === 0) return;
  build.unit('ag', 'load.zeros', loadZeros(arch, plan));
  build.net(
    'vector',
    'load.zeros',
    0,
    keepers.map(({ id }) => [id, 1]),
  );
}

function takeResults(build: Build, arch: Arch, plan: StationaryPlan, base: number): void {
  const { grid, result } = plan;
  const host = zeroOf(hostLayout(arch));
  build.unit('host', 'host', host);
  const reporters: { id: string }[] = [];
  const stores: { id: string; last: PmuConfig; saver: AgConfig }[] = [];
  for (const i of range(grid.rows)) {
    const join = i < result.joined ? 2 : 1;
    for (let j = 0; j < grid.columns; j += result.share * join) {
      const id = `${i}_${j}`;
      const halves = range(join).map((h) => {
        const from = j + h * result.share;
        const name = `collect${i}_${from}`;
        const config = collect(arch, plan, from);
        build.unit('pmu', name, config);
        for (const w of range(result.share)) build.net('vector', mac(plan, i, from + w, grid.links - 1), 0, [[name, w]]);
        return { name, config };
      });
      let last = halves[0];
      if (join === 2) {
        last = { name: `join${id}`, config: joinRows(arch, plan, j) };
        build.unit('pmu', last.name, last.config);
        for (const [h, { name }] of halves.entries()) build.net('vector', name, 0, [[last.name, h]]);
      }
      const saver = store(arch, plan, base, i, j, result.share * join);
      build.unit('ag', `store${id}`, saver);
      build.net('vector', last.name, 0, [[`store${id}`, 0]]);
      build.net('control', `store${id}`, 0, [[last.name, DONE.run]]);
      stores.push({ id: last.name, last: last.config, saver });
    }
  }
  // The host has few token inputs: stores report in that many chains, those that report often ahead of those that wait.
  stores.sort((a, b) => b.saver.row.used - a.saver.row.used);
  const chains = Math.min(arch.host.tokens, stores.length);
  for (const c of range(chains)) {
    const own = stores.filter((_, s) => s % chains === c);
    for (const [s, { last }] of own.entries()) reportDone(arch, last, s > 0);
    chain(build, own, DONE.out, DONE.before);
    reporters.push(own[own.length - 1]);
    host.tokens[c].expect = 1;
  }
  for (const [c, { id }] of reporters.entries()) build.net('control', id, DONE.out, [['host', c]]);
}

/** One control net from each unit to the next. */
function chain(build: Build, units: readonly { readonly id: string }[], from: number, to: number): void {
  for (let u = 0; u + 1 < units.length; u++) build.net('control', units[u].id, from, [[units[u + 1].id, to]]);
}

const mac = ({ grid }: StationaryPlan, i: number, j: number, l: number): string => `mac${i}_${j}${grid.links > 1 ? `_${l}` : ''}`;
const tag = ({ grid }: StationaryPlan, at: number, l: number): string => `${at}${grid.links > 1 ? `_${l}` : ''}`;

class Build {
  readonly netlist: Netlist<PcuConfig | PmuConfig | AgConfig | HostConfig> = { units: [], nets: [] };

  unit(kind: 'pcu' | 'pmu' | 'ag' | 'host', id: string, config: PcuConfig | PmuConfig | AgConfig | HostConfig): void {
    this.netlist.units.push({ id, kind, config, label: id });
  }

  net(net: Net['net'], unit: string, port: number, to: readonly Sink[]): void {
    this.netlist.nets.push({
      id: `${unit}.${net}${port}`,
      net,
      from: { unit, port },
      to: to.map(([sink, p]) => ({ unit: sink, port: p })),
    });
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
