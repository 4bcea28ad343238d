/**
 * The golden simulator: a fabric and a configuration per tile, stepped cycle by cycle. Nothing else
 * decides anything: no program, no mapping, no compiler.
 */
import { zeroOf } from '../base/bitstruct.ts';
import { type AgConfig, type HostConfig, hostLayout, type PcuConfig, type PmuConfig, type TileConfig } from '../fabric/config.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import { Ag } from './ag/ag.ts';
import { ClockEdge, type Fifo } from './fifo.ts';
import { Host } from './host.ts';
import { buildNetwork, type Network, type NetworkMode } from './network.ts';
import { Pcu } from './pcu/pcu.ts';
import { Pmu } from './pmu/pmu.ts';
import { AxiPort, type Memory } from './ports.ts';
import { type RunStats, statsOf } from './stats.ts';
import { Tracer } from './trace.ts';
import type { Cause, UnitContext, UnitModel } from './unit.ts';
import { explainWaiting, type WaitingAt, Watchdog } from './watchdog.ts';

export interface MachineOptions {
  /** Argument registers, as 32-bit patterns. */
  readonly args: ArrayLike<number>;
  readonly dram: Memory;
  /** `ideal`: a routed edge costs one register, however many hops it has. */
  readonly network?: NetworkMode;
  readonly maxCycles?: number;
  /** What scratchpad words hold before they are written. */
  readonly fill?: number;
  /** What a run before left in the scratchpads, by tile: a start without a load finds it there. */
  readonly scratchpads?: ReadonlyMap<number, Int32Array>;
  /** Notices reads of scratchpad words that nobody wrote (slower). */
  readonly watchUnwritten?: boolean;
  /** Keeps the events of the current cycle in `tracer` (slower). */
  readonly trace?: boolean;
}

/** A sticky error with its first cycle, place and information. */
export interface FabricError {
  readonly cause: Cause;
  readonly cycle: number;
  readonly tile: number;
  readonly x: number;
  readonly y: number;
  /** The first address, where the cause has one. */
  readonly info: number;
}

export interface RunResult {
  readonly status: 'done' | 'hang' | 'limit';
  /** From T0 to the cycle in which done (or hang) is first visible, inclusive. */
  readonly cycles: number;
  /** Result registers, as signed 32-bit patterns. */
  readonly results: Int32Array;
  /** One a tile and cause, the first first: that is the one the host reads. */
  readonly errors: readonly FabricError[];
  /** Done, but something was left inside. */
  readonly residue: boolean;
  /** When not done: what every waiting context waits for. */
  readonly waiting: readonly WaitingAt[];
  /** With `watchUnwritten`: of every read context of a scratchpad the first read of a word that nobody had written. */
  readonly unwritten: readonly { readonly tile: number; readonly context: number; readonly cycle: number; readonly address: number }[];
  readonly stats: RunStats;
}

export class Machine {
  readonly units = new Map<number, UnitModel>();
  readonly tracer: Tracer | undefined;
  /** The number of the current cycle; T0 is cycle 1. */
  cycle = 1;

  readonly #edge = new ClockEdge();
  readonly #list: readonly (readonly [number, UnitModel])[];
  readonly #host: Host;
  readonly #network: Network;
  readonly #ports: AxiPort[];
  readonly #memory: Memory;
  readonly #watchdog: Watchdog;
  readonly #errors = new Map<string, FabricError>();
  readonly #armed: number;
  readonly #maxCycles: number;

  constructor(
    readonly fabric: Fabric,
    configs: ReadonlyMap<number, TileConfig>,
    options: MachineOptions,
  ) {
    const { arch } = fabric;
    this.#maxCycles = options.maxCycles ?? Number.POSITIVE_INFINITY;
    this.#armed = 1 + arch.control.startDelay;
    this.#watchdog = new Watchdog(arch.control.watchdogLog2);
    let host: Host | undefined;
    for (const tile of fabric.tiles) {
      const config = configs.get(tile.id);
      if (tile.kind === 'host') {
        const unit = (config?.unit ?? zeroOf(hostLayout(arch))) as HostConfig;
        host = new Host(this.#contextOf(tile), unit, options.args);
        this.units.set(tile.id, host);
      } else if (config !== undefined) {
        const unit = this.#build(tile, config, options);
        if (unit !== undefined) this.units.set(tile.id, unit);
      }
    }
    if (host === undefined) throw new RangeError('a fabric without a host tile cannot run');
    this.#host = host;
    this.#list = [...this.units];
    this.#network = buildNetwork(fabric, configs, this.units, this.#edge, options.network ?? 'routed');
    this.tracer = options.trace ? new Tracer(arch, fabric.tiles, this.units, this.#network.buffers) : undefined;
    this.#memory = this.tracer?.memory(options.dram) ?? options.dram;
    const ags = fabric.tilesOf('ag').map((tile) => this.units.get(tile.id) as Ag | undefined);
    const { ports } = arch.memory;
    const onPort = Array.from({ length: ports }, (_, p) => ags.filter((_ag, i) => i % ports === p));
    this.#ports = onPort.flatMap((list, p) => (list.some(Boolean) ? [new AxiPort(p, list, this.#edge)] : []));
  }

  /** Runs from T0 to done, hang or the limit. `onProgress` is called now and then with the cycle. */
  run(onProgress?: (cycle: number) => void): RunResult {
    for (;;) {
      if (this.cycle >= this.#armed && this.#host.ok) return this.#end('done', this.cycle + 1, !this.#clean());
      if (this.cycle + 1 >= this.#watchdog.hangCycle) return this.#end('hang', this.#watchdog.hangCycle, false);
      if (this.cycle >= this.#maxCycles) return this.#end('limit', this.cycle, false);
      this.step();
      if (onProgress !== undefined && (this.cycle & 0xffff) === 0) onProgress(this.cycle);
    }
  }

  /** What the scratchpads hold, by tile. */
  scratchpads(): Map<number, Int32Array> {
    return new Map(this.#list.flatMap(([tile, unit]) => (unit instanceof Pmu ? [[tile, unit.words] as const] : [])));
  }

  /** One cycle. */
  step(): void {
    const { cycle } = this;
    let alive = false;
    this.tracer?.begin();
    if (cycle === this.#armed - 1) this.#host.start();
    if (cycle === this.#armed) for (const [, unit] of this.#list) unit.awake = true;
    for (const port of this.#ports) alive = port.step(this.#memory) || alive;
    if (cycle >= this.#armed) {
      for (let i = 0; i < this.#list.length; i++) {
        const unit = this.#list[i][1];
        if (!unit.awake) continue;
        unit.step(cycle);
        if (unit.issued !== 0) alive = true;
      }
    }
    alive = this.#switch() || alive;
    this.tracer?.look();
    if (alive) this.#watchdog.alive(cycle);
    this.#memory.tick();
    this.#edge.commit();
    this.cycle++;
  }

  /** All switches with something to move; those whose source has run dry leave the list. */
  #switch(): boolean {
    const { movers } = this.#edge;
    let kept = 0;
    let took = false;
    for (let i = 0; i < movers.length; i++) {
      const mover = movers[i];
      if (mover.source.count === 0) {
        mover.listed = false;
        continue;
      }
      movers[kept++] = mover;
      if (mover.step()) took = true;
    }
    movers.length = kept;
    return took;
  }

  // ---- Building

  #build(tile: Tile, config: TileConfig, options: MachineOptions): UnitModel | undefined {
    const context = this.#contextOf(tile);
    switch (tile.kind) {
      case 'pcu':
        return new Pcu(context, config.unit as PcuConfig);
      case 'pmu':
        return new Pmu(
          context,
          config.unit as PmuConfig,
          options.fill,
          options.watchUnwritten,
          config.memory,
          options.scratchpads?.get(tile.id),
        );
      case 'ag':
        return new Ag(context, config.unit as AgConfig, tile.index);
      default:
        return undefined;
    }
  }

  #contextOf(tile: Tile): UnitContext {
    const { id, x, y } = tile;
    const raise = (cause: Cause, info: number) => {
      const key = `${id}/${cause}`;
      if (!this.#errors.has(key)) this.#errors.set(key, { cause, cycle: this.cycle, tile: id, x, y, info });
    };
    return { arch: this.fabric.arch, edge: this.#edge, raise };
  }

  // ---- The end

  /** Streams empty, every unit quiet; tokens do not count. */
  #clean(): boolean {
    const empty = (fifos: readonly Fifo[]) => fifos.every(({ count }) => count === 0);
    for (const [, unit] of this.#list) {
      if (!unit.quiet()) return false;
      for (const ports of [unit.inputs, unit.outputs]) if (!empty(ports.vector) || !empty(ports.scalar)) return false;
    }
    if (!this.#ports.every(({ idle }) => idle)) return false;
    return empty(this.#network.buffers.filter(({ net }) => net !== 'control').map(({ fifo }) => fifo));
  }

  #end(status: RunResult['status'], cycles: number, residue: boolean): RunResult {
    const errors = [...this.#errors.values()].sort((a, b) => a.cycle - b.cycle || a.x - b.x || a.y - b.y || a.cause - b.cause);
    const unwritten = [...this.units].flatMap(([tile, unit]) =>
      unit instanceof Pmu ? unit.unwritten.map((read) => ({ tile, ...read })) : [],
    );
    const waiting = status === 'done' ? [] : explainWaiting(this.fabric, this.units);
    return {
      status,
      cycles,
      results: this.#host.results.slice(),
      errors,
      residue,
      waiting,
      unwritten,
      stats: statsOf(this.fabric, this.units, cycles),
    };
  }
}
