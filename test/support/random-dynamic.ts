/** Random loop nests whose ends are constants, indices of loops around, words of a table, branches; and what they mean. */
import type { Rng } from '../../src/base/rng.ts';
import type { Count, Explicit, Index, Program } from '../../src/index.ts';
import { explicit, program, reduce, startAt } from '../../src/index.ts';

/** A loop runs 3 times at the most. */
const MOST = 3;
const TABLE = 8;

type End =
  | { readonly kind: 'constant'; readonly at: number }
  /** The index of a loop around, counted from the innermost, plus a number. */
  | { readonly kind: 'index'; readonly of: number; readonly plus: number }
  /** A word of the table, at an index of a loop around plus a number. */
  | { readonly kind: 'word'; readonly of: number; readonly plus: number }
  /** A branch on a bit of an index of a loop around. */
  | { readonly kind: 'branch'; readonly of: number; readonly bit: number };

type Node =
  | { readonly kind: 'loop'; readonly end: End; readonly body: readonly Node[] }
  | {
      readonly kind: 'leaf';
      readonly end: End;
      readonly lanes: number;
      /** `words`: one an iteration. `sum`, `most`: a reduction over the loop of the leaf and so many around it. */
      readonly what: 'words' | 'sum' | 'most';
      readonly over: number;
      readonly memory: number;
    };

interface Shape {
  readonly table: readonly number[];
  readonly body: readonly Node[];
  readonly memories: number;
}

/** A program and its reference, from the generator's numbers. */
export function randomDynamic(rng: Rng): Program {
  const shape = randomShape(rng);
  return program({
    name: 'random',
    params: {},
    build: () => explicit((v) => build(v, shape)),
    data: () => ({ arrays: Object.fromEntries(usesTable(shape) ? [['table', Int32Array.from(shape.table)]] : []) }),
    reference: () => ({ outputs: run(shape) }),
  });
}

function randomShape(rng: Rng): Shape {
  let memories = 0;
  const endOf = (depth: number): End => {
    const kinds = depth === 0 ? (['constant'] as const) : (['constant', 'index', 'word', 'word', 'branch'] as const);
    const kind = kinds[rng.int(0, kinds.length - 1)];
    const of = rng.int(0, Math.max(0, depth - 1));
    if (kind === 'constant') return { kind, at: rng.int(1, MOST) };
    if (kind === 'branch') return { kind, of, bit: rng.int(0, 1) };
    return { kind, of, plus: rng.int(kind === 'index' ? -1 : 0, kind === 'index' ? 1 : TABLE - MOST) };
  };
  const node = (depth: number): Node => {
    if (depth > 0 && (depth === 3 || memories === 2 || rng.int(0, 2) > 0)) {
      const what = (['words', 'sum', 'most'] as const)[rng.int(0, 2)];
      return { kind: 'leaf', end: endOf(depth), lanes: rng.int(0, 1) ? 4 : 1, what, over: rng.int(0, depth - 1), memory: memories++ };
    }
    return { kind: 'loop', end: endOf(depth), body: Array.from({ length: memories < 2 ? rng.int(1, 2) : 1 }, () => node(depth + 1)) };
  };
  const body = [node(0)];
  return { table: Array.from({ length: TABLE }, () => rng.int(-1, MOST + 1)), body, memories };
}

const SEED = -7;

const usesTable = ({ body }: Shape): boolean => {
  const uses = (node: Node): boolean => node.end.kind === 'word' || (node.kind === 'loop' && node.body.some(uses));
  return body.some(uses);
};

function build(v: Explicit, shape: Shape): void {
  const { body, memories } = shape;
  const given = usesTable(shape) ? v.dramIn('table', 'i32', [TABLE]) : undefined;
  const outs = Array.from({ length: memories }, (_, m) => v.dramOut(`out${m}`, 'i32', [MOST + 1, MOST + 1]));
  v.pipe({}, () => {
    const table = given && v.sram('words', 'i32', [TABLE]);
    const places = outs.map((_, m) => v.sram(`place${m}`, 'i32', [MOST + 1, MOST + 1]));
    if (given && table) v.load(given, [0], table);
    places.forEach((place, m) => {
      v.leaf({ [`f${m}`]: MOST + 1, [`g${m}`]: { max: MOST + 1, par: 1 } }, (at) => place.set([at[`f${m}`], at[`g${m}`]], SEED));
    });
    let names = 0;
    const endOf = (end: End, around: readonly Index[]): number | Count => {
      if (end.kind === 'constant') return end.at;
      const index = around[around.length - 1 - end.of];
      if (end.kind === 'branch') return v.count(index.value.shiftRight(end.bit).and(1), { atMost: 1 });
      return v.count(end.kind === 'word' && table ? table.at(index.add(end.plus)) : index.value.add(end.plus), { atMost: MOST });
    };
    const visit = (node: Node, around: readonly Index[]): void => {
      const name = `i${names++}`;
      const max = endOf(node.end, around);
      if (node.kind === 'loop') {
        v.pipe({ [name]: { max } }, (own) => {
          for (const child of node.body) visit(child, [...around, own[name]]);
        });
        return;
      }
      v.leaf({ [name]: { max, par: node.lanes } }, (own) => {
        const loops = [...around, own[name]];
        const value = loops.reduce((sum, index, depth) => sum.add(index.value.mul(10 ** depth)), loops[0].value);
        const place = places[node.memory];
        if (node.what === 'words') return place.set([around[0], own[name]], value);
        const over = loops.slice(loops.length - 1 - Math.min(node.over, loops.length - 2));
        place.set([around[0], 0], reduce(node.what === 'sum' ? 'add' : 'max', value, over, startAt('i32', 5)));
      });
    };
    for (const node of body) visit(node, []);
    outs.forEach((out, m) => {
      v.store(out, [0, 0], places[m]);
    });
  });
}

/** The same with plain loops. */
function run({ table, body, memories }: Shape): Record<string, number[]> {
  const places = Array.from({ length: memories }, () => new Array<number>((MOST + 1) ** 2).fill(SEED));
  const endOf = (end: End, around: readonly number[]): number => {
    if (end.kind === 'constant') return end.at;
    const index = around[around.length - 1 - end.of];
    if (end.kind === 'branch') return (index >> end.bit) & 1;
    return Math.min(MOST, end.kind === 'word' ? table[index + end.plus] : index + end.plus);
  };
  const numberAt = (loops: readonly number[]): number => loops.reduce((sum, index, depth) => sum + index * 10 ** depth, loops[0]);
  /** The values of a leaf under a loop, from there inwards. */
  const leavesIn = (node: Node, leaf: Node, around: readonly number[]): number[] => {
    const values: number[] = [];
    const end = endOf(node.end, around);
    for (let i = 0; i < end; i++) {
      if (node === leaf) values.push(numberAt([...around, i]));
      else if (node.kind === 'loop')
        for (const child of node.body) if (holds(child, leaf)) values.push(...leavesIn(child, leaf, [...around, i]));
    }
    return values;
  };
  const visit = (node: Node, around: readonly number[]): void => {
    for (const leaf of leavesOf(node)) {
      const depth = around.length + depthOf(node, leaf);
      const over = Math.min(leaf.over, depth - 1);
      // A reduction is done where the outermost of its loops begins.
      if (leaf.what === 'words' ? node === leaf : depthOf(node, leaf) === over) {
        const place = places[leaf.memory];
        const at = around[0] * (MOST + 1);
        if (leaf.what === 'words') for (let i = 0; i < endOf(leaf.end, around); i++) place[at + i] = numberAt([...around, i]);
        else {
          const values = leavesIn(node, leaf, around);
          place[at] = leaf.what === 'sum' ? values.reduce((a, b) => a + b, 5) : Math.max(5, ...values);
        }
      }
    }
    if (node.kind === 'loop') for (let i = 0; i < endOf(node.end, around); i++) for (const child of node.body) visit(child, [...around, i]);
  };
  for (const node of body) visit(node, []);
  return Object.fromEntries(places.map((place, m) => [`out${m}`, place]));
}

type LeafNode = Extract<Node, { kind: 'leaf' }>;

const leavesOf = (node: Node): LeafNode[] => (node.kind === 'leaf' ? [node] : node.body.flatMap(leavesOf));
const holds = (node: Node, leaf: Node): boolean => leavesOf(node).includes(leaf as LeafNode);
/** Loops from a node to a leaf inside it. */
const depthOf = (node: Node, leaf: Node): number =>
  node === leaf || node.kind === 'leaf' ? 0 : 1 + depthOf(node.body.find((child) => holds(child, leaf)) as Node, leaf);
