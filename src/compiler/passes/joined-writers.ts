/**
 * joined-writers: a FIFO that more statements write than a memory unit has write contexts gets words of several of them from a leaf that
 * copies what they add, in their order.
 *
 *   nest (t) { leaf A -> f (4 words);  leaf B -> f (6 words);  leaf C -> f;  ... f ... }
 *   =>
 *   nest (t) { leaf A -> f$j0;  leaf B -> f$j0;  leaf (n: 0..10) { enqueue f = dequeue f$j0 };  leaf C -> f;  ... f ... }
 *
 * Only neighbours in a nest are joined, how many words they add in an iteration of it is known.
 */
import type { Arch } from '../../arch/schema.ts';
import type { Leaf, LoopProgram, Memory, Nest, Statement, Transfer } from '../../ir/loops.ts';
import { sitesOf } from '../analysis/sites.ts';
import type { End } from '../lower/queue-walks.ts';
import { groupsIn, placesOf } from '../lower/queue-writers.ts';
import { planQueues, type Queue } from '../lower/queues.ts';

export function joinWriters(arch: Arch, program: LoopProgram): LoopProgram {
  const most = arch.pmu.writeContexts;
  if (most === 1) return program;
  for (let now = program; ; ) {
    const joins = [...planQueues(arch, now, sitesOf(now))].flatMap(([name, queue]) => {
      if (queue.writers.length <= most) return [];
      const [{ site }] = queue.writers;
      const around = site.nests.slice(0, queue.depth);
      return joinsIn(name, queue, { writers: queue.writers, depth: queue.depth, gone: 0, nest: around[around.length - 1] }, most);
    });
    if (joins.length === 0) return now;
    now = joined(now, joins, arch.pcu.lanes);
  }
}

/** Writers of a FIFO in a nest at a depth, of whose walks `gone` loops are around it. */
interface Level {
  readonly writers: readonly End[];
  readonly depth: number;
  readonly gone: number;
  readonly nest: Nest;
}

/** Neighbouring writers of a FIFO in a nest, and the words that they add in an iteration. */
interface Join {
  readonly memory: string;
  readonly nest: Nest;
  /** The last statement of the nest that holds one of them. */
  readonly last: Statement;
  readonly writers: ReadonlySet<Statement>;
  readonly words: number;
}

/** As many neighbours as a unit has contexts each, where there are too many. */
function joinsIn(memory: string, queue: Queue, { writers, depth, gone, nest }: Level, most: number): Join[] {
  const groups = groupsIn(writers, depth);
  const inside = groups.flatMap((group) => {
    if (group.length <= most) return [];
    const own = group[0].site.nests[depth];
    return joinsIn(memory, queue, { writers: group, depth: depth + 1, gone: gone + own.loops.length, nest: own }, most);
  });
  if (inside.length > 0) return inside;
  const packs: End[][] = [];
  for (const group of groups) {
    const last = packs[packs.length - 1];
    if (last && last.length + group.length <= most) last.push(...group);
    else packs.push([...group]);
  }
  return packs
    .filter((pack) => pack.length > 1)
    .map((pack) => {
      const { site } = pack[pack.length - 1];
      return {
        memory,
        nest,
        last: site.nests[depth] ?? site.statement,
        writers: new Set(pack.map((writer) => writer.site.statement)),
        words: placesOf(pack, queue.walks, depth, gone).words,
      };
    });
}

function joined(program: LoopProgram, joins: readonly Join[], lanes: number): LoopProgram {
  const names = new Set(program.memories.map(({ name }) => name));
  const own = new Map<Join, Memory>();
  for (const join of joins) {
    const whole = program.memories.find(({ name }) => name === join.memory) as Memory;
    let n = 0;
    while (names.has(`${whole.name}$j${n}`)) n++;
    names.add(`${whole.name}$j${n}`);
    own.set(join, { ...whole, name: `${whole.name}$j${n}` });
  }
  const visit = (statement: Statement): Statement => {
    if (statement.kind === 'nest') {
      const copiesAfter = (child: Statement) => joins.filter(({ nest, last }) => nest === statement && last === child);
      const body = statement.body.flatMap((child) => [
        visit(child),
        ...copiesAfter(child).map((join) => copyOf(join, own.get(join) as Memory, lanes, child)),
      ]);
      return { ...statement, body };
    }
    return joins
      .filter(({ writers }) => writers.has(statement))
      .reduce((now, join) => written(now, join.memory, (own.get(join) as Memory).name), statement);
  };
  return { ...program, memories: [...program.memories, ...own.values()], body: visit(program.body) as Nest };
}

/** A leaf or load that writes one FIFO, with another one in its place. */
function written(statement: Leaf | Transfer, from: string, to: string): Leaf | Transfer {
  if (statement.kind !== 'leaf') return { ...statement, memory: to };
  const effects = statement.effects.map((effect) =>
    effect.kind === 'enqueue' && effect.memory === from ? { ...effect, memory: to } : effect,
  );
  return { ...statement, effects };
}

/** All words of one FIFO into the other. */
function copyOf({ memory, words }: Join, { name, type }: Memory, lanes: number, { source }: Statement): Leaf {
  return {
    kind: 'leaf',
    loops: [{ var: `n$${name}`, min: 0, max: words, step: 1, par: Math.min(lanes, words) }],
    values: [{ kind: 'dequeue', memory: name, args: [], type }],
    effects: [{ kind: 'enqueue', memory, value: 0 }],
    guards: [],
    label: `join.${name}`,
    ...(source && { source }),
  };
}
