/** Hand-made configurations: a layout's zero value with some fields set. */
import { type Field, type ValueOf, zeroOf } from '../../src/base/bitstruct.ts';
import {
  type AgConfig,
  agLayout,
  type ChainConfig,
  type HostConfig,
  hostLayout,
  type PcuConfig,
  type PmuConfig,
  pcuLayout,
  pmuLayout,
  switchLayout,
  type TileConfig,
} from '../../src/fabric/config.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import type { TileKind } from '../../src/fabric/ports.ts';
import { OPS, type Op } from '../../src/ops/table.ts';

/** Some fields of a configuration; elements of an array by position, the others stay zero. */
export type Some<T> = T extends number ? number : T extends (infer E)[] ? (Some<E> | undefined)[] : { [K in keyof T]?: Some<T[K]> };

type Arch = Fabric['arch'];

/** Sets the given fields of a layout's zero value. */
export function configOf<F extends Field>(layout: F, fields: Some<ValueOf<F>>): ValueOf<F> {
  const value = zeroOf(layout);
  assign(value, fields);
  return value;
}

// biome-ignore lint/suspicious/noExplicitAny: one walk over every layout
function assign(value: any, fields: any): void {
  for (const key of Object.keys(fields)) {
    const given = fields[key];
    if (given === undefined) continue;
    if (!(key in value)) throw new RangeError(`no field \`${key}\``);
    if (typeof given === 'object') assign(value[key], given);
    else value[key] = given;
  }
}

export const pcuConfig = (arch: Arch, fields: Some<PcuConfig>): PcuConfig =>
  configOf(pcuLayout(arch), { enable: 1, ...fields }) as PcuConfig;
export const pmuConfig = (arch: Arch, fields: Some<PmuConfig>): PmuConfig => configOf(pmuLayout(arch), fields) as PmuConfig;
export const agConfig = (arch: Arch, fields: Some<AgConfig>): AgConfig => configOf(agLayout(arch), { enable: 1, ...fields }) as AgConfig;
export const hostConfig = (arch: Arch, fields: Some<HostConfig>): HostConfig => configOf(hostLayout(arch), fields) as HostConfig;

/** A chain of constant counters, innermost first: [min, max, stride]; strides default to 1. */
export function chain(counters: readonly (readonly [number, number, number?])[], par = 1, laneStep = 1): Some<ChainConfig> {
  return { count: counters.length, par, laneStep, counters: counters.map(([min, max, stride = 1]) => ({ min, max, stride })) };
}

/** `n` elements of an array left zero: `[...skip(2), third]`. */
export const skip = (n: number): undefined[] => Array<undefined>(n).fill(undefined);

export const code = (op: Op): number => OPS[op].code;
/** Operands. */
export const reg = (index: number) => ({ kind: 2, index });
export const lane = (index: number) => ({ kind: 3, index });
export const imm = { kind: 1 };
export const acc = { kind: 4 };

/** The pattern of a binary32. */
export function f32(value: number): number {
  return new Uint32Array(new Float32Array([value]).buffer)[0];
}

/** Tile configurations with all switches open; `connect` closes them. */
export class FabricConfig {
  readonly configs = new Map<number, TileConfig>();

  constructor(readonly fabric: Fabric) {}

  /** The tile number `index` of a kind, with this configuration. */
  unit<K extends TileKind>(kind: K, index: number, config: TileConfig<K>['unit']): number {
    const tile = this.fabric.tilesOf(kind)[index];
    this.#tile(tile.id).unit = config;
    return tile.id;
  }

  /**
   * Routes output port `from` to an input port by the shortest way over links that are free or
   * carry the same stream already.
   */
  connect(net: 'vector' | 'scalar' | 'control', from: readonly [number, number], to: readonly [number, number]): void {
    const { fabric } = this;
    const start = fabric.nodeId(net, 'out', from[0], from[1])!;
    const goal = fabric.nodeId(net, 'in', to[0], to[1])!;
    const before = new Map<number, { from: number; select: number }>();
    const queue = [start];
    for (let i = 0; i < queue.length && !before.has(goal); i++) {
      for (const edge of fabric.fanout[queue[i]]) {
        const taken = this.#driver.get(edge.to);
        if (before.has(edge.to) || (taken !== undefined && taken !== edge.from)) continue;
        before.set(edge.to, edge);
        queue.push(edge.to);
      }
    }
    if (!before.has(goal)) throw new RangeError('no way');
    for (let node = goal; node !== start; ) {
      const edge = before.get(node)!;
      const { tile, kind, index } = fabric.nodes[node];
      const { link, unit } = this.#tile(tile).switch[net];
      (kind === 'link' ? link : unit)[index] = edge.select;
      this.#driver.set(node, edge.from);
      node = edge.from;
    }
  }
  readonly #driver = new Map<number, number>();

  #tile(id: number): TileConfig {
    let config = this.configs.get(id);
    if (config === undefined) {
      const { arch, tiles } = this.fabric;
      const { kind } = tiles[id];
      const unit =
        kind === 'pcu'
          ? pcuConfig(arch, { enable: 0 })
          : kind === 'pmu'
            ? pmuConfig(arch, {})
            : kind === 'ag'
              ? agConfig(arch, { enable: 0 })
              : kind === 'host'
                ? hostConfig(arch, {})
                : {};
      config = { unit, switch: zeroOf(switchLayout(arch, kind)) } as TileConfig;
      this.configs.set(id, config);
    }
    return config;
  }
}
