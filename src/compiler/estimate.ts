/**
 * What loops would take if each statement began when those it needs have ended (or begun, where it takes their words as they
 * come), and iterations of a pipelined loop followed each other at the pace of its slowest statement. Bounds see no waiting,
 * this sees too much of it; a run is mostly between the two.
 */
import { tripsOf } from '../ir/affine.ts';
import type { Leaf, LoopProgram, Nest, Statement, Transfer } from '../ir/loops.ts';
import type { MemoryLatency } from './certificate/edges.ts';

/** From what a leaf reads to what the next one reads: the stages of a unit and the way between two. */
const UNIT = 20;

interface Estimate {
  readonly cycles: number;
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

/** Cycles of a program after the passes, on a fabric with so many lanes. */
export const estimateOf = ({ body }: LoopProgram, machine: Machine): number => statement(body, machine).cycles;

export interface Machine {
  readonly lanes: number;
  readonly memory: MemoryLatency;
  /** Memories that are streams: what reads them begins with their first word. */
  readonly streams: ReadonlySet<string>;
}

function statement(one: Statement, machine: Machine): Estimate {
  if (one.kind === 'leaf') return leaf(one);
  return one.kind === 'nest' ? nest(one, machine) : transfer(one, machine);
}

function leaf({ loops, values, effects }: Leaf): Estimate {
  const issues = loops.reduce((n, loop, d) => n * (d === loops.length - 1 ? Math.ceil(tripsOf(loop) / loop.par) : tripsOf(loop)), 1);
  const reads = values.flatMap((value) => (value.kind === 'read' || value.kind === 'dequeue' ? [value.memory] : []));
  const writes = effects.flatMap((effect) => (effect.kind === 'result' ? [] : [effect.memory]));
  return { cycles: issues + UNIT, reads: new Set(reads), writes: new Set(writes) };
}

function transfer({ kind, dram, memory, extent }: Transfer, { lanes, memory: { readLatency, writeLatency } }: Machine): Estimate {
  const vectors = extent.reduce((n, size, d) => n * (d === extent.length - 1 ? Math.ceil(size / lanes) : size), 1);
  const [from, to] = kind === 'load' ? [dram, memory] : [memory, dram];
  const cycles = vectors + UNIT + (kind === 'load' ? readLatency : writeLatency);
  return { cycles, reads: new Set([from]), writes: new Set([to]) };
}

function nest({ schedule, loops, body }: Nest, machine: Machine): Estimate {
  const inner = body.map((one) => statement(one, machine));
  const trips = loops.reduce((n, loop) => n * tripsOf(loop), 1);
  const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].filter((name) => b.has(name));
  const spans: { begin: number; end: number }[] = [];
  for (const one of inner) {
    let [begin, end] = [0, 0];
    for (const [j, before] of spans.entries()) {
      const other = inner[j];
      const shared = [...meet(one.reads, other.writes), ...meet(one.writes, other.writes), ...meet(one.writes, other.reads)];
      if (schedule === 'parallel' || shared.length === 0) continue;
      const flows = shared.every((name) => machine.streams.has(name));
      begin = Math.max(begin, flows ? before.begin + UNIT : before.end);
      end = Math.max(end, before.end + (flows ? UNIT : 0));
    }
    spans.push({ begin, end: Math.max(end, begin + one.cycles) });
  }
  const once = Math.max(0, ...spans.map(({ end }) => end));
  // What a memory holds is there until its last reader is done, in one of two buffers.
  const held = spans.flatMap(({ begin }, i) =>
    spans
      .slice(i + 1)
      .flatMap(({ end }, k) =>
        meet(inner[i].writes, inner[i + 1 + k].reads).some((name) => !machine.streams.has(name)) ? [(end - begin) / 2] : [],
      ),
  );
  const pace = schedule === 'seq' ? once : Math.max(0, ...inner.map(({ cycles }) => cycles), ...held);
  const union = (key: 'reads' | 'writes') => new Set(inner.flatMap((one) => [...one[key]]));
  return { cycles: once + Math.ceil((trips - 1) * pace), reads: union('reads'), writes: union('writes') };
}
