/** Reductions of a leaf as JavaScript: their accumulators, and what happens at their start, in an iteration and at the end. */
import type { Domain } from '../ops/expression.ts';
import { OPS, type Op } from '../ops/table.ts';
import { tripsOf } from './affine.ts';
import type { EvaluateOptions } from './evaluate.ts';
import { affine, Block, endOf, literal, type Names, operationText, type Text } from './evaluate-values.ts';
import { argsOf, type Leaf, type Loop, type Reduce } from './loops.ts';
import { isTreeReduce, ratesOf } from './rates.ts';

export interface LeafPlace {
  readonly leaf: Leaf;
  /** All loops around and of the leaf, outermost first. */
  readonly loops: readonly Loop[];
  readonly reductions: readonly ReductionCode[];
}

/** The code of one reduction. */
export interface ReductionCode {
  /** Value number. */
  readonly id: number;
  readonly tree: boolean;
  /** Position of the outermost loop it is over, among all loops around. */
  readonly depth: number;
  /** Declarations at the top of the program. */
  readonly declare: readonly string[];
  start(block: Block): string[];
  /** One lane of one iteration; values come from `block`. */
  step(block: Block): void;
  /** After each vector of lanes (trees that depend on order). */
  readonly vector: readonly string[];
  readonly finish: readonly string[];
  /** The finished value (in a loop over lanes numbered `l` when it is no tree). */
  readonly value: Text;
  /** Is the value made from this reduction? */
  reaches(value: number): boolean;
}

/** Sums and products of floats depend on the order; everything else a tree may use does not. */
const ordered: readonly Op[] = ['fadd', 'fmul'];

/** The reductions of a leaf; `number` makes their names unique. */
export function reductionsOf(leaf: Leaf, loops: readonly Loop[], number: number, options: EvaluateOptions): ReductionCode[] {
  return leaf.values.flatMap((value, id) =>
    value.kind === 'reduce' ? [reductionOf(leaf, loops, value, id, `r${number}_${id}`, options)] : [],
  );
}

function reductionOf(
  leaf: Leaf,
  loops: readonly Loop[],
  reduce: Reduce,
  id: number,
  name: string,
  options: EvaluateOptions,
): ReductionCode {
  const ops = options.evalOp !== undefined;
  const domain: Domain = !ops && reduce.type === 'f32' ? 'f' : 'i';
  const shared = {
    id,
    tree: isTreeReduce(leaf, reduce),
    depth: loops.findIndex((loop) => reduce.over.includes(loop.var)),
    // A scan is never finished: its value is there in every iteration.
    reaches: (value: number) => !reduce.running && isMadeFrom(leaf, value, id),
  };
  const join = (a: string, b: string) => operationText(reduce.op, ops, (i) => (i === 0 ? a : b), 2).text;
  if (!shared.tree) return { ...shared, ...stationary(leaf, loops, reduce, name, domain, ops) };
  if (ordered.includes(reduce.op))
    return { ...shared, ...orderedTree(leaf, loops, reduce, name, domain, options.latency[OPS[reduce.op].latency], join) };
  return { ...shared, ...exactTree(loops, reduce, name, domain, join) };
}

type Code = Pick<ReductionCode, 'declare' | 'start' | 'step' | 'vector' | 'finish' | 'value'>;

/** Every lane has an accumulator. */
function stationary(leaf: Leaf, loops: readonly Loop[], reduce: Reduce, name: string, domain: Domain, ops: boolean): Code {
  const lane = leaf.loops[leaf.loops.length - 1];
  // A scan along the lane loop has one lane.
  const entry = `${name}[${reduce.over.includes(lane.var) ? 0 : 'l'}]`;
  return {
    declare: [`const ${name} = new ${arrayOf(domain)}(${tripsOf(lane)});`],
    start: (block) => {
      const head = `for (let v_${lane.var} = ${lane.min}, l = 0; l < ${tripsOf(lane)}; v_${lane.var} += ${lane.step}, l++)`;
      return [`${head} ${name}[l] = ${initText(reduce, loops, block, domain)};`];
    },
    step: (block) => {
      const { args } = reduce;
      const { text } = operationText(
        reduce.op,
        ops,
        (i, wanted) => (i < args.length ? block.get(args[i], wanted) : entry),
        args.length + 1,
      );
      block.lines.push(`${entry} = ${text};`);
    },
    vector: [],
    finish: [],
    value: { text: entry, domain },
  };
}

/** Lanes neighbours first, vectors around a ring as long as the latency, its entries pairwise at the end. */
function orderedTree(
  leaf: Leaf,
  loops: readonly Loop[],
  reduce: Reduce,
  name: string,
  domain: Domain,
  ring: number,
  join: (a: string, b: string) => string,
): Code {
  const { par } = leaf.loops[leaf.loops.length - 1];
  const combine = (values: string, some: string, a: string, b: string) =>
    `if (${some}[${b}]) { ${values}[${a}] = ${some}[${a}] ? ${join(`${values}[${a}]`, `${values}[${b}]`)} : ${values}[${b}]; ${some}[${a}] = 1; }`;
  const pairs = (values: string, some: string, count: number) =>
    `for (let d = 1; d < ${count}; d *= 2) for (let i = 0; i + d < ${count}; i += 2 * d) ${combine(values, some, 'i', 'i + d')}`;
  return {
    declare: [
      `const ${name} = new ${arrayOf(domain)}(${ring}), ${name}_ok = new Uint8Array(${ring});`,
      `const ${name}_lane = new ${arrayOf(domain)}(${par}), ${name}_some = new Uint8Array(${par});`,
      `let ${name}_n = 0;`,
    ],
    start: (block) => [
      `${name}_n = 0; ${name}_ok.fill(0);`,
      ...(reduce.init.kind === 'none' ? [] : [`${name}[0] = ${initText(reduce, loops, block, domain)}; ${name}_ok[0] = 1;`]),
    ],
    step: (block) => {
      block.lines.push(`${name}_lane[l] = ${block.get(reduce.args[0], domain)}; ${name}_some[l] = 1;`);
    },
    vector: [
      pairs(`${name}_lane`, `${name}_some`, par),
      `if (${name}_some[0]) { const x = ${name}_lane[0]; ${name}[${name}_n] = ${name}_ok[${name}_n] ? ${join(`${name}[${name}_n]`, 'x')} : x; ${name}_ok[${name}_n] = 1; }`,
      `${name}_some.fill(0); ${name}_n = ${name}_n + 1 === ${ring} ? 0 : ${name}_n + 1;`,
    ],
    finish: [pairs(name, `${name}_ok`, ring)],
    value: { text: `(${name}_ok[0] ? ${name}[0] : 0)`, domain },
  };
}

/** Operations whose result does not depend on the order: one accumulator. */
function exactTree(loops: readonly Loop[], reduce: Reduce, name: string, domain: Domain, join: (a: string, b: string) => string): Code {
  const some = reduce.init.kind === 'none' ? '0' : '1';
  return {
    declare: [`let ${name} = 0, ${name}_ok = 0;`],
    start: (block) => [`${name} = ${reduce.init.kind === 'none' ? '0' : initText(reduce, loops, block, domain)}; ${name}_ok = ${some};`],
    step: (block) => {
      const x = block.get(reduce.args[0], domain);
      block.lines.push(`${name} = ${name}_ok ? ${join(name, x)} : ${x}; ${name}_ok = 1;`);
    },
    vector: [],
    finish: [],
    value: { text: `(${name}_ok ? ${name} : 0)`, domain },
  };
}

/** The start of an accumulator. */
function initText({ init }: Reduce, loops: readonly Loop[], block: Block, domain: Domain): string {
  if (init.kind === 'none') return '0';
  if (init.kind === 'const') return literal(init.bits, domain);
  if (init.first === undefined) return block.read(init.memory, init.index, domain);
  const first = loops.filter((loop) => init.over.includes(loop.var)).map((loop) => `v_${loop.var} === ${loop.min}`);
  return `${first.join(' && ')} ? ${literal(init.first, domain)} : ${block.read(init.memory, init.index, domain)}`;
}

const arrayOf = (domain: Domain): string => (domain === 'f' ? 'Float64Array' : 'Int32Array');

/** Is value `at` made from value `id`, other than by a reduction of it? */
function isMadeFrom(leaf: Leaf, at: number, id: number, seen = new Set<number>()): boolean {
  if (at === id || seen.has(at)) return at === id;
  seen.add(at);
  const value = leaf.values[at];
  return value.kind !== 'reduce' && argsOf(value).some((arg) => isMadeFrom(leaf, arg, id, seen));
}

/** The lane loop of a leaf with everything done once an iteration. */
export function leafBody({ leaf, loops, reductions }: LeafPlace, names: Names): string[] {
  const lane = leaf.loops[leaf.loops.length - 1];
  const v = `v_${lane.var}`;
  const rates = ratesOf(leaf);
  const running = new Map(reductions.flatMap(({ id, value }) => (rates[id] === undefined ? [[id, value] as const] : [])));
  const block = new Block(leaf, loops, names, running);
  for (const reduction of reductions) reduction.step(block);
  for (const effect of leaf.effects) if (rates[effect.value] === undefined) block.effect(effect);
  const guards = leaf.guards.map(({ index, limit }) => `if (!(${affine(index)} < ${limit})) continue;`);
  const vector = reductions.flatMap((reduction) => reduction.vector);
  const end = endOf(lane, names.program);
  if (vector.length === 0) {
    const head = `for (let ${v} = ${lane.min}, l = 0; ${v} < ${end.text}; ${v} += ${lane.step}, l++) {`;
    return ['{', ...end.define, head, ...guards, ...block.lines, '}', '}'];
  }
  return [
    '{',
    ...end.define,
    `for (let w = ${lane.min}; w < ${end.text}; w += ${lane.step * lane.par}) {`,
    `for (let ${v} = w, l = 0; l < ${lane.par} && ${v} < ${end.text}; ${v} += ${lane.step}, l++) {`,
    ...guards,
    ...block.lines,
    '}',
    ...vector,
    '}',
    '}',
  ];
}
