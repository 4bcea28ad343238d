/**
 * The certificate of a compilation: no run of these bits can take fewer cycles than the bounds say, which bound that is, what
 * the whole fabric could do with the same program at its best, and what to change.
 */
import type { TileConfig } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { countWork } from '../../ir/count.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import { adviceOn } from './advice.ts';
import { type Bound, type Bounds, boundsOf, type MemoryNumbers } from './bounds.ts';
import type { UnitName } from './contexts.ts';

export interface Certificate {
  /** The memory it holds for. */
  readonly memory: string;
  /** At the parallelisation of the program: the largest bound, and all of them. */
  readonly cycles: number;
  readonly binding: Bound['kind'];
  readonly bounds: readonly Bound[];
  /** Bytes the program moves, in whole beats. */
  readonly bytes: Bounds['bytes'];
  /** Were every functional unit busy in every cycle, and every array moved once. */
  readonly free: { readonly cycles: number; readonly binding: 'operations' | 'dram'; readonly operations: number; readonly bytes: number };
  /** Units in use and there are, by kind, with the parts of the program that use most of them. */
  readonly budget: Readonly<
    Record<'pcu' | 'pmu' | 'ag', { readonly used: number; readonly available: number; readonly top: readonly string[] }>
  >;
  /** One sentence: what to change, and what it would bring. */
  readonly advice: string;
  /** Of configurations that run one after the other, that of each: cycles and bytes are sums of theirs, all else is of the longest. */
  readonly sections?: readonly Certificate[];
}

/** The certificate of configurations that run one after the other. */
export function inSequence(sections: readonly Certificate[]): Certificate {
  const [longest] = [...sections].sort((a, b) => b.cycles - a.cycles);
  if (sections.length === 1) return longest;
  const sum = (of: (one: Certificate) => number) => sections.reduce((total, one) => total + of(one), 0);
  return {
    ...longest,
    cycles: sum(({ cycles }) => cycles),
    bytes: { read: sum(({ bytes }) => bytes.read), write: sum(({ bytes }) => bytes.write) },
    free: {
      ...longest.free,
      cycles: sum(({ free }) => free.cycles),
      operations: sum(({ free }) => free.operations),
      bytes: sum(({ free }) => free.bytes),
    },
    sections,
  };
}

/** What a certificate is made of; names and the program are known to a compiler, and not to who holds a bitstream alone. */
export interface Subject {
  readonly configs: ReadonlyMap<number, TileConfig>;
  readonly program: LoopProgram;
  readonly names?: ReadonlyMap<number, UnitName>;
}

export function certificateOf(fabric: Fabric, { configs, program, names }: Subject, memory: MemoryNumbers): Certificate {
  const bounds = boundsOf(fabric, configs, memory, names);
  const [first] = bounds.list;
  const free = freeBound(fabric, program, bounds, memory);
  return {
    memory: memory.name,
    cycles: first?.cycles ?? 1,
    binding: first?.kind ?? 'path',
    bounds: bounds.list,
    bytes: bounds.bytes,
    free,
    budget: budgetOf(fabric, bounds, names),
    advice: adviceOn(bounds, free),
  };
}

function freeBound(fabric: Fabric, program: LoopProgram, { bytes }: Bounds, memory: MemoryNumbers): Certificate['free'] {
  const { lanes, stages } = fabric.arch.pcu;
  const { operations } = countWork(program);
  const compute = Math.ceil(operations / (fabric.tilesOf('pcu').length * lanes * stages));
  const whole = program.dram.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, extent) => product * extent, 1), 0);
  const least = Math.min(whole, bytes.read + bytes.write);
  const moving = Math.ceil((least * memory.unit) / memory.total);
  return { cycles: Math.max(1, compute, moving), binding: moving > compute ? 'dram' : 'operations', operations, bytes: least };
}

/** Names that are shown of the parts that use most. */
const SHOWN = 5;

function budgetOf(fabric: Fabric, { contexts }: Bounds, names: Subject['names']): Certificate['budget'] {
  const tiles = new Map(contexts.map(({ tile }) => [tile.id, tile]));
  const of = (kind: 'pcu' | 'pmu' | 'ag') => {
    const used = [...tiles.values()].filter((tile) => tile.kind === kind);
    const parts = new Map<string, number>();
    for (const { id } of used) {
      const part = partOf(names?.get(id)?.label ?? '');
      parts.set(part, (parts.get(part) ?? 0) + 1);
    }
    const top = [...parts].filter(([part]) => part !== '').sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return { used: used.length, available: fabric.tilesOf(kind).length, top: top.slice(0, SHOWN).map(([part, n]) => `${part} ${n}`) };
  };
  return { pcu: of('pcu'), pmu: of('pmu'), ag: of('ag') };
}

/** Copies and segments of one thing have its name with numbers behind. */
const partOf = (label: string): string => label.replace(/([._$]\d+)+$/, '');
