/**
 * unroll: loops with `par` copies become copies in space.
 *
 *   nest (i: 0..7 par 2) { load a; leaf }      leaf (j: 0..6 par 2, k: 0..16 par 16) { ... }
 *   =>
 *   nest (i: 0..4) { load a$0; leaf$0 }        leaf$0 (j: 0..3, k: 0..16 par 16) { ... }
 *   nest (i: 4..7) { load a$1; leaf$1 }        leaf$1 (j: 3..6, k: 0..16 par 16) { ... }
 *
 * Only lane loops (the last loop of a leaf) keep `par` > 1. A copy does a block of neighbouring iterations. Copies of a nest
 * get memories of their own, except those that something outside the nest accesses too; copies of a leaf share memories.
 * What is reduced over a copied loop is combined behind it (`partials.ts`).
 */
import { blocksOf } from '../../ir/blocks.ts';
import type { Leaf, Loop, LoopProgram, Memory, Nest, Statement, Value } from '../../ir/loops.ts';
import { type Partials, partialise } from './partials.ts';
import { collectMemories, renameMemories } from './rename.ts';

export function unroll(program: LoopProgram): LoopProgram {
  return new Unroller(program).run();
}

/** Partial results on their way out of the loops that they are combined behind. */
interface Waiting {
  readonly partials: Partials;
  /** Names that each memory got so far. */
  readonly copies: Map<string, string[]>;
}

class Unroller {
  readonly #memories: Memory[];
  readonly #root: Nest;
  /** Names that new memories may not have. */
  readonly #names: Set<string>;
  #waiting: Waiting[] = [];
  /** Carried reductions whose memory something else looks at in the loops they are carried over. */
  readonly #seen: ReadonlySet<Value>;

  constructor(readonly program: LoopProgram) {
    this.#memories = [...program.memories];
    this.#names = new Set(program.memories.map(({ name }) => name));
    this.#root = program.body;
    this.#seen = new Set(watchedIn(program.body, []));
  }

  run(): LoopProgram {
    const statements = this.#nest(this.#root, []);
    const [only] = statements;
    const body: Nest =
      statements.length === 1 && only.kind === 'nest' ? only : { ...this.#root, schedule: 'pipe', loops: [], body: statements };
    const used = new Set<string>();
    collectMemories(body, used);
    return { ...this.program, memories: this.#memories.filter((memory) => used.has(memory.name)), body };
  }

  #nest(nest: Nest, outer: readonly Loop[]): Statement[] {
    const inside = [...outer, ...nest.loops];
    let body = nest.body.flatMap((child): Statement[] => {
      if (child.kind === 'nest') return this.#nest(child, inside);
      return child.kind === 'leaf' ? this.#leaf(child, inside) : [child];
    });
    /** Loops around `body` that are not written yet, outermost first. */
    let loops: Loop[] = [];
    const wrap = (): void => {
      if (loops.length > 0) body = [{ ...nest, loops, body }];
      loops = [];
    };
    for (const loop of [...nest.loops].reverse()) {
      const blocks = blocksOf(loop);
      if (blocks.length === 1) loops = [{ ...loop, par: 1 }, ...loops];
      else {
        const statement: Nest = { ...nest, loops: [loop, ...loops], body };
        const own = this.#ownMemories(body, nest, loop);
        body = blocks.map((block, c) => this.#copy({ ...statement, loops: [block.loop, ...loops] }, own, c) as Nest);
        this.#rename(own, blocks.length);
        loops = [];
      }
      const combined = this.#combine(loop, inside.slice(0, inside.indexOf(loop)));
      if (combined.length > 0) {
        wrap();
        body = [...body, ...combined];
      }
    }
    if (nest.loops.length === 0) return [{ ...nest, body }];
    wrap();
    return body;
  }

  /** Copies of the loops of a leaf other than the lane loop. */
  #leaf(original: Leaf, outer: readonly Loop[]): Statement[] {
    const { leaf, partials } = partialise(original, outer, (name) => this.#fresh(name), this.#seen);
    for (const one of partials) {
      this.#memories.push(...one.memories);
      this.#waiting.push({ partials: one, copies: new Map(one.memories.map(({ name }) => [name, [name]])) });
    }
    let copies: Leaf[] = [leaf];
    const at = leaf.loops.length - 1;
    for (const [i, loop] of leaf.loops.entries()) {
      if (loop.par === 1 || i === at) continue;
      const blocks = blocksOf(loop);
      const own = this.#partialsOver(loop);
      copies = copies.flatMap((one) =>
        blocks.map((block, c) => {
          const loops = one.loops.map((l, j) => (j === i ? block.loop : l));
          return blocks.length === 1 ? { ...one, loops } : (this.#copy({ ...one, loops }, own, c) as Leaf);
        }),
      );
      if (blocks.length > 1) this.#rename(own, blocks.length);
    }
    return [...copies, ...leaf.loops.flatMap((loop) => this.#combine(loop, outer))];
  }

  /** The leaves that combine what was reduced over a loop and the loops inside it, themselves in copies. */
  #combine(loop: Loop, around: readonly Loop[]): Statement[] {
    const ready = this.#waiting.filter(({ partials }) => partials.outermost === loop);
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
    return ready.flatMap(({ partials, copies }) => this.#leaf(partials.combine(copies), around));
  }

  /** Memories that every copy of a loop gets for itself: those of the body alone, and the partial results of the loop. */
  #ownMemories(body: readonly Statement[], nest: Nest, loop: Loop): Set<string> {
    const names = new Set<string>();
    for (const child of body) collectMemories(child, names);
    const outside = new Set<string>();
    collectMemories(this.#root, outside, nest);
    const waiting = new Set(this.#waiting.flatMap(({ copies }) => [...copies.values()].flat()));
    const partial = this.#partialsOver(loop);
    return new Set([...names].filter((name) => (waiting.has(name) ? partial.has(name) : !outside.has(name))));
  }

  #partialsOver(loop: Loop): Set<string> {
    return new Set(this.#waiting.filter(({ partials }) => partials.over.has(loop)).flatMap(({ copies }) => [...copies.values()].flat()));
  }

  #copy(statement: Statement, own: ReadonlySet<string>, c: number): Statement {
    return renameMemories(statement, (name) => (own.has(name) ? `${name}$${c}` : name), `$${c}`);
  }

  /** The copies' memories come into being, and partial results are known by their names. */
  #rename(own: ReadonlySet<string>, copies: number): void {
    const names = (name: string) => Array.from({ length: copies }, (_, c) => `${name}$${c}`);
    for (const name of own) {
      const memory = this.#memories.find((one) => one.name === name) as Memory;
      this.#memories.push(...names(name).map((copy) => ({ ...memory, name: copy })));
    }
    for (const { copies: known } of this.#waiting)
      for (const [memory, list] of known)
        known.set(
          memory,
          list.flatMap((name) => (own.has(name) ? names(name) : [name])),
        );
  }

  #fresh(name: string): string {
    let free = name;
    for (let i = 1; this.#names.has(free); i++) free = `${name}${i}`;
    this.#names.add(free);
    return free;
  }
}

/** Carried reductions whose memory another statement accesses in the loops they are carried over. */
function watchedIn(statement: Statement, around: readonly Nest[]): Value[] {
  if (statement.kind === 'nest') return statement.body.flatMap((child) => watchedIn(child, [...around, statement]));
  if (statement.kind !== 'leaf') return [];
  return statement.values.filter((value) => {
    if (value.kind !== 'reduce' || value.init.kind !== 'carried') return false;
    const { memory, over } = value.init;
    const carrying = around.find(({ loops }) => loops.some((loop) => over.includes(loop.var)));
    const names = new Set<string>();
    if (carrying) collectMemories(carrying, names, statement);
    return names.has(memory);
  });
}
