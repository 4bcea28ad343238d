/**
 * match: a FIFO whose ends walk alike under the same predicate carries every word, and the reader selects.
 *
 *   leaf (i) { enqueue f = x when p(i) };  leaf (j) { %1 = dequeue f p(j) }
 *   =>
 *   leaf (i) { enqueue f = x };  leaf (j) { %0 = dequeue f;  %1 = sel p(j) %0 0 }
 *
 * Streams have a fixed rate then, and lanes stay in place.
 */
import { tripsOf } from '../../ir/affine.ts';
import { argsOf, type Leaf, type Loop, type LoopProgram, type Statement, type Value } from '../../ir/loops.ts';
import { type Site, sharedNests, sitesOf } from '../analysis/sites.ts';

export function matchPredicates(program: LoopProgram): LoopProgram {
  const sites = sitesOf(program);
  const matched = new Set(program.memories.filter(({ kind, name }) => kind === 'fifo' && matches(sites, name)).map(({ name }) => name));
  if (matched.size === 0) return program;
  const visit = (statement: Statement): Statement => {
    if (statement.kind === 'nest') return { ...statement, body: statement.body.map(visit) };
    return statement.kind === 'leaf' ? strip(statement, matched) : statement;
  };
  return { ...program, body: visit(program.body) as LoopProgram['body'] };
}

/** Do all ends of the FIFO have a predicate, and the same one? */
function matches(sites: readonly Site[], name: string): boolean {
  const writers = sites.filter(({ statement }) => endOf(statement, name, 'enqueue'));
  const readers = sites.filter(({ statement }) => endOf(statement, name, 'dequeue'));
  if (writers.length !== 1 || readers.length === 0) return false;
  const [writer] = writers;
  const depth = Math.min(...readers.map((reader) => sharedNests(writer, reader)));
  const key = keyOf(writer, name, depth);
  return key !== undefined && readers.every((reader) => reader.id > writer.id && keyOf(reader, name, depth) === key);
}

function endOf(statement: Statement, name: string, kind: 'enqueue' | 'dequeue'): boolean {
  if (statement.kind !== 'leaf') return statement.kind !== 'nest' && statement.memory === name;
  return kind === 'enqueue'
    ? statement.effects.some((effect) => effect.kind === 'enqueue' && effect.memory === name)
    : statement.values.some((value) => value.kind === 'dequeue' && value.memory === name);
}

/** The loops of an end inside the shared nests, and its predicate over them, as text; nothing where data decides, or nothing does. */
function keyOf(site: Site, name: string, depth: number): string | undefined {
  const { statement } = site;
  if (statement.kind !== 'leaf' || statement.guards.length > 0) return undefined;
  const inner = site.nests.slice(depth).flatMap((nest) => nest.loops);
  const loops: readonly Loop[] = [...inner, ...statement.loops].filter((loop) => loop.par > 1 || tripsOf(loop) > 1);
  const predicate =
    statement.effects.flatMap((effect) => (effect.kind === 'enqueue' && effect.memory === name ? [effect.when] : []))[0] ??
    statement.values.flatMap((value) => (value.kind === 'dequeue' && value.memory === name ? value.args : []))[0];
  if (predicate === undefined) return undefined;
  const known = new Map<number, string | undefined>();
  const textOf = (id: number): string | undefined => {
    if (!known.has(id)) known.set(id, valueText(statement.values[id]));
    return known.get(id);
  };
  const numbers = new Map<string, number>();
  const lines: string[] = [];
  const valueText = (value: Value): string | undefined => {
    let line: string;
    if (value.kind === 'const') line = `const ${value.bits}`;
    else if (value.kind === 'arg') line = `arg ${value.name}`;
    else if (value.kind === 'index') {
      const at = loops.findIndex((loop) => loop.var === value.var);
      line = `index ${at < 0 ? value.var : at}`;
    } else if (value.kind === 'op') {
      const args = argsOf(value).map(textOf);
      if (args.includes(undefined)) return undefined;
      line = `${value.op} ${args.join(' ')}`;
    } else return undefined;
    // Shared parts once: the text stays as long as the graph is.
    const number = numbers.get(line) ?? numbers.size;
    if (!numbers.has(line)) lines.push(line);
    numbers.set(line, number);
    return `%${number}`;
  };
  const root = textOf(predicate);
  if (root === undefined) return undefined;
  return [...loops.map(({ min, max, step, par }) => `${min} ${max} ${step} ${par}`), ...lines, root].join('\n');
}

function strip(leaf: Leaf, matched: ReadonlySet<string>): Leaf {
  if (!leaf.effects.some((e) => e.kind === 'enqueue' && matched.has(e.memory)) && !leaf.values.some((v) => isMatched(v, matched)))
    return leaf;
  const values: Value[] = [];
  const moved: number[] = [];
  for (const [id, value] of leaf.values.entries()) {
    const args = argsOf(value).map((arg) => moved[arg]);
    if (isMatched(value, matched)) {
      const { kind, memory, type } = value;
      const word = values.push({ kind, memory, type, args: [] }) - 1;
      const zero = values.push({ kind: 'const', type, bits: 0 }) - 1;
      values.push({ kind: 'op', op: 'sel', args: [args[0], word, zero], type });
    } else values.push('args' in value ? { ...value, args } : value);
    moved[id] = values.length - 1;
  }
  const effects = leaf.effects.map((effect): Leaf['effects'][number] => {
    const value = moved[effect.value];
    if (effect.kind === 'result') return { ...effect, value };
    const { when, ...rest } = effect;
    if (effect.kind === 'enqueue' && matched.has(effect.memory)) return { ...rest, value } as typeof effect;
    return { ...effect, value, ...(when !== undefined && { when: moved[when] }) };
  });
  return { ...leaf, values, effects };
}

const isMatched = (value: Value, matched: ReadonlySet<string>): value is Extract<Value, { kind: 'dequeue' }> =>
  value.kind === 'dequeue' && matched.has(value.memory);
