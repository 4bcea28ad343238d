/**
 * Lower bounds on the cycles of a configured program: what each unit, memory port and recurrence has to do at the least,
 * whatever the data and however well everything overlaps. Wires add none: a routed net has its tracks for itself.
 */
import type { AgConfig, TileConfig } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { type Context, contextsOf, type UnitName } from './contexts.ts';
import { edgesOf, type MemoryLatency, READ_QUEUES } from './edges.ts';
import { criticalPath } from './path.ts';
import { slowestRecurrence } from './recurrence.ts';
import { trafficOf } from './traffic.ts';

/** The numbers of a memory: rates in `unit`-ths of a byte a cycle, latencies in cycles. */
export interface MemoryNumbers extends MemoryLatency {
  readonly name: string;
  readonly unit: number;
  readonly read: number;
  readonly total: number;
}

export type BoundKind = 'compute' | 'memory-port' | 'transfer' | 'axi-port' | 'dram-read' | 'dram' | 'recurrence' | 'path';

export interface Bound {
  readonly kind: BoundKind;
  readonly cycles: number;
  /** What it is, in the program's names. */
  readonly where: string;
}

export interface Bounds {
  /** One a kind that occurs, the largest first. */
  readonly list: readonly Bound[];
  /** Bytes that move: whole beats. */
  readonly bytes: { readonly read: number; readonly write: number };
  readonly contexts: readonly Context[];
}

const BEAT_BYTES = 64;
/** Beats that the memory's credit may have saved up before the first request. */
const SAVED_BEATS = 2;

/** All bounds of the configurations of a fabric with a memory. */
export function boundsOf(
  fabric: Fabric,
  configs: ReadonlyMap<number, TileConfig>,
  memory: MemoryNumbers,
  names?: ReadonlyMap<number, UnitName>,
): Bounds {
  const contexts = contextsOf(fabric, configs, names);
  const list = new Map<BoundKind, Bound>();
  const offer = (kind: BoundKind, cycles: number, where: string) => {
    if (cycles > (list.get(kind)?.cycles ?? 0)) list.set(kind, { kind, cycles, where });
  };
  const ports = new Map<string, { issues: number; names: string[] }>();
  const busy = (key: string, issues: number, name: string) => {
    const port = ports.get(key) ?? { issues: 0, names: [] };
    ports.set(key, { issues: port.issues + issues, names: [...port.names, name] });
  };
  const beats = { read: 0, write: 0 };
  const work = new Map<Context, number>();
  const beatsOf = new Map<Context, { readonly beats: number; readonly write: boolean }>();
  for (const context of contexts) {
    const { tile, kind, issues, name } = context;
    work.set(context, issues);
    if (kind === 'pcu') offer('compute', issues, name);
    if (kind === 'read' || kind === 'write') busy(`memory-port ${tile.id} ${kind}`, issues, name);
    if (kind !== 'ag') continue;
    const config = configs.get(tile.id)?.unit as AgConfig;
    const direction = config.write ? 'write' : 'read';
    const traffic = trafficOf(config, fabric.arch.pcu.lanes);
    beats[direction] += traffic.beats;
    if (traffic.beats > 0) beatsOf.set(context, { beats: traffic.beats, write: config.write === 1 });
    work.set(context, traffic.vectors);
    offer('transfer', Math.max(traffic.vectors, traffic.beats), name);
    busy(`axi-port ${tile.index % fabric.arch.memory.ports} ${direction}`, traffic.beats, name);
  }
  for (const [key, { issues, names: users }] of ports) {
    const [kind] = key.split(' ') as [BoundKind];
    offer(kind, issues, kind === 'axi-port' ? `port ${key.split(' ')[1]}: ${users.join(', ')}` : users.join(', '));
  }
  const bytes = { read: BEAT_BYTES * beats.read, write: BEAT_BYTES * beats.write };
  const edges = edgesOf(fabric, configs, contexts, memory);
  const recurrence = slowestRecurrence(contexts, edges);
  if (recurrence) {
    const { around, tokens, cycles } = recurrence;
    offer('recurrence', cycles, `${wayOf(recurrence.contexts)}: ${around} cycles around, ${tokens} at a time`);
  }
  const armed = 1 + fabric.arch.control.startDelay;
  const path = criticalPath(contexts, edges, armed, (context) => work.get(context) as number);
  if (path) offer('path', path.cycles, wayOf(path.contexts));
  // The memory cannot serve before the first request, and what it serves last still has to pass the fabric.
  const served = contexts.flatMap((context, i) => {
    const moved = beatsOf.get(context);
    if (!moved) return [];
    const tail = path?.tails[i] ?? 0;
    return [{ ...moved, rest: moved.write ? tail : Math.max(0, tail - memory.readLatency - READ_QUEUES) }];
  });
  if (bytes.read > 0) {
    const reads = served.filter(({ write }) => !write);
    offer('dram-read', armed + memory.readLatency + serve(reads, memory.unit / memory.read), memory.name);
  }
  if (bytes.read + bytes.write > 0) offer('dram', armed + serve(served, memory.unit / memory.total), memory.name);
  return { list: [...list.values()].sort((a, b) => b.cycles - a.cycles), bytes, contexts };
}

/**
 * Cycles until all is served and has passed the fabric, if the memory does first what has the longest way to go: no other order ends
 * earlier, so whatever has at least so far to go bounds the run together.
 */
function serve(moved: readonly { readonly beats: number; readonly rest: number }[], cyclesPerByte: number): number {
  let before = 0;
  let cycles = 0;
  for (const { beats, rest } of [...moved].sort((a, b) => b.rest - a.rest)) {
    before += beats;
    cycles = Math.max(cycles, Math.ceil((before - SAVED_BEATS) * BEAT_BYTES * cyclesPerByte) + rest);
  }
  return cycles;
}

const wayOf = (contexts: readonly Context[]): string => [...new Set(contexts.map(({ name }) => name))].join(' -> ');
