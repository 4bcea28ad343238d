/**
 * accumulate: a memory-reduce joins the leaf that makes what it accumulates.
 *
 *   nest (t) { leaf (i, j) { b[i][j] = x }; leaf (e, f, u) { acc[e][f] = reduce add b[e][f] over u carried acc[e][f] over t } }
 *   =>
 *   nest (t) { leaf (i, u, j) { acc[i][j] = reduce add x over u carried acc[i][j] over t } }
 *
 * Saves the memory between and a pass over it. What is itself reduced goes on from memory instead of from nothing, and a
 * memory-reduce inside a memory-reduce accumulates straight into the outer memory: the order of additions is that of the loops.
 */
import { isSingle } from '../../ir/affine.ts';
import type { AffineExpr, Leaf, Loop, LoopProgram, Nest, Reduce, ReduceInit, Statement, Value } from '../../ir/loops.ts';
import { ratesOf } from '../../ir/rates.ts';
import { sameAffine, variable } from '../affine.ts';
import { type Access, accessesOf, type Site, sitesOf } from '../analysis/sites.ts';
import { joinOf } from './partials.ts';
import { collectMemories } from './rename.ts';

type Carried = Extract<ReduceInit, { kind: 'carried' }>;

export function fuseAccumulation(program: LoopProgram): LoopProgram {
  for (let now = program; ; ) {
    const sites = sitesOf(now);
    const accesses = accessesOf(now, sites);
    const next = sites.reduce<LoopProgram | undefined>((found, site) => found ?? fuseAt(now, site, accesses), undefined);
    if (!next) return now;
    now = next;
  }
}

/** The program without this accumulating leaf, if its work can be done where its input is made. */
function fuseAt(program: LoopProgram, site: Site, accesses: ReadonlyMap<string, readonly Access[]>): LoopProgram | undefined {
  const sum = accumulationOf(site, program);
  const nest = site.nests.at(-1);
  if (!sum || !nest) return undefined;
  const others = (accesses.get(sum.from) ?? []).filter((access) => access.site !== site);
  const [producer] = new Set(others.map((access) => access.site));
  const written = others.filter((access) => access.kind === 'write');
  if (!producer || written.length !== 1 || others.some((access) => access.site !== producer)) return undefined;
  const [{ ordinal }] = written;
  if (producer.statement.kind === 'leaf' && 'when' in producer.statement.effects[ordinal]) return undefined;
  if (producer.id > site.id || producer.statement.kind !== 'leaf' || producer.statement.guards.length > 0) return undefined;
  if (!producer.nests.includes(nest) || otherUses(nest, sum.into, site.statement)) return undefined;
  // A round without iterations still adds its 0.
  const between = producer.nests.slice(producer.nests.indexOf(nest) + 1).flatMap((one) => one.loops);
  if ([...between, ...producer.statement.loops].some(({ bound }) => bound)) return undefined;
  const fused = fuseInto(producer, written[0], nest, sum, program);
  if (!fused) return undefined;
  const visit = (statement: Statement): Statement[] => {
    if (statement === site.statement) return [];
    if (statement === producer.statement) return [fused];
    return [statement.kind === 'nest' ? { ...statement, body: statement.body.flatMap(visit) } : statement];
  };
  const body = visit(program.body)[0] as Nest;
  return { ...program, memories: program.memories.filter(({ name }) => name !== sum.from), body };
}

interface Accumulation {
  readonly from: string;
  readonly into: string;
  readonly reduce: Reduce;
  readonly init: Carried;
  readonly lanes: number;
}

/** Reads the whole of one memory and accumulates it, word by word, in another. */
function accumulationOf({ statement }: Site, program: LoopProgram): Accumulation | undefined {
  if (statement.kind !== 'leaf' || statement.effects.length !== 1 || statement.guards.length > 0) return undefined;
  const [effect] = statement.effects;
  const reduce = statement.values[effect.value];
  if (effect.kind !== 'write' || reduce.kind !== 'reduce' || reduce.init.kind !== 'carried' || reduce.args.length !== 1) return undefined;
  const read = statement.values[reduce.args[0]];
  if (read.kind !== 'read' || reduce.over.some((name) => !singleIn(statement.loops, name))) return undefined;
  const from = program.memories.find(({ name }) => name === read.memory);
  if (from?.kind === 'lines') return undefined;
  const shape = from?.shape ?? [];
  const target = program.memories.find(({ name }) => name === effect.memory)?.shape ?? [];
  if (!isWhole(statement, read.index, shape, reduce.over) || shape.join() !== target.join()) return undefined;
  if (!effect.index.every((expr, d) => sameAffine(expr, read.index[d]))) return undefined;
  return { from: read.memory, into: effect.memory, reduce, init: reduce.init, lanes: statement.loops[statement.loops.length - 1].par };
}

const singleIn = (loops: readonly Loop[], name: string): boolean => loops.some((loop) => loop.var === name && isSingle(loop));

/** Do the leaf's loops, but those reduced over, walk every word of a memory once, one loop a dimension? */
function isWhole(leaf: Leaf, index: readonly AffineExpr[], shape: readonly number[], over: readonly string[]): boolean {
  const loops = leaf.loops.filter((loop) => !over.includes(loop.var));
  const walks = index.map((expr, d) =>
    loops.find((loop) => sameAffine(expr, variable(loop.var)) && loop.min === 0 && loop.step === 1 && loop.max === shape[d] && !loop.bound),
  );
  return (
    walks.every((loop) => loop !== undefined) &&
    new Set(walks).size === shape.length &&
    loops.every((loop) => isSingle(loop) || walks.includes(loop))
  );
}

function otherUses(nest: Nest, memory: string, except: Statement): boolean {
  const names = new Set<string>();
  for (const child of nest.body) collectMemories(child, names, except);
  return names.has(memory);
}

/** The leaf that made the elements, accumulating them. */
function fuseInto(producer: Site, write: Access, nest: Nest, sum: Accumulation, program: LoopProgram): Leaf | undefined {
  const leaf = producer.statement as Leaf;
  const { value: id } = leaf.effects[write.ordinal];
  const value = leaf.values[id];
  const shape = program.memories.find(({ name }) => name === sum.from)?.shape ?? [];
  const place = { memory: sum.into, index: write.index };
  const finish = (values: readonly Value[], made: number, loops: readonly Loop[]): Leaf => ({
    ...leaf,
    loops,
    values,
    effects: leaf.effects.map((effect, i) => (i === write.ordinal ? { kind: 'write', ...place, value: made } : effect)),
  });
  const replace = (init: Carried): Leaf | undefined => {
    if (value.kind !== 'reduce' || leaf.effects.some((effect, i) => i !== write.ordinal && effect.value === id)) return undefined;
    return finish(
      leaf.values.map((one, v) => (v === id ? { ...value, init } : one)),
      id,
      leaf.loops,
    );
  };
  const direct = producer.nests.at(-1) === nest;
  if (leaf.values.some((one) => one.kind === 'reduce' && one.running)) return undefined;
  if (value.kind === 'reduce') {
    const join = joinOf(value.op);
    if (join?.op !== sum.reduce.op || !isWhole(leaf, write.index, shape, value.over)) return undefined;
    if (value.init.kind === 'carried') {
      const inner = value.init;
      const between = producer.nests.slice(producer.nests.indexOf(nest) + 1).flatMap((one) => one.loops);
      if (inner.memory !== sum.from || inner.first !== join.neutral || between.some((loop) => !inner.over.includes(loop.var)))
        return undefined;
      return replace({ ...sum.init, ...place, over: [...sum.init.over, ...inner.over] });
    }
    const fresh = value.init.kind === 'none' || value.init.bits === join.neutral;
    const own = value.over.every((name) => leaf.loops.some((loop) => loop.var === name));
    return direct && fresh && own ? replace({ ...sum.init, ...place }) : undefined;
  }
  if (!direct || ratesOf(leaf)[id] !== undefined || !isWhole(leaf, write.index, shape, [])) return undefined;
  // A pass of its own in wider vectors does not hold up what makes the words one by one.
  if (leaf.loops[leaf.loops.length - 1].par < sum.lanes) return undefined;
  const over = `f$${leaf.loops.length}`;
  const loops = [...leaf.loops.slice(0, -1), { var: over, min: 0, max: 1, step: 1, par: 1 }, leaf.loops[leaf.loops.length - 1]];
  const total: Value = { ...sum.reduce, args: [id], over: [over], init: { ...sum.init, ...place } };
  return finish([...leaf.values, total], leaf.values.length, loops);
}
