/**
 * What a mapping computes, as loops: one link adds up its slice of each sum in order, and slices are added in the order
 * of the links. The evaluator runs it, so its arithmetic is that of the units, bit for bit; where things lie is not in it.
 */
import type { AffineExpr, Leaf, Loop, LoopProgram, Memory, Statement, Value } from '../../../ir/loops.ts';
import type { StationaryPlan } from './plan.ts';

export function stationaryLoops(program: LoopProgram, plan: StationaryPlan): LoopProgram {
  const { shape, grid } = plan;
  const { contraction, type, right } = shape;
  const { domain, fold } = contraction;
  const array = (name: string) => program.dram.find((one) => one.name === name) as LoopProgram['dram'][number];
  const at = (base: number, ...vars: string[]): AffineExpr => ({ base, terms: vars.map((name) => ({ var: name, coef: 1 })) });
  const own = new Set([...program.dram, ...domain, ...fold].map(({ name }) => name));
  const fresh = (name: string) => {
    let free = name;
    while (own.has(free)) free += '_';
    own.add(free);
    return free;
  };
  const leftMemory: Memory = { name: fresh('left'), type, shape: array(shape.left.array).shape };
  const rightShape =
    right.kind === 'image'
      ? [right.channels, right.down + right.window.height - 1, right.across + right.window.width - 1]
      : array(right.array).shape;
  const rightMemory: Memory = { name: fresh('right'), type, shape: rightShape };
  const sums = Array.from({ length: grid.links }, (_, l): Memory => ({ name: fresh(`sum${l}`), type, shape: domain.map(({ size }) => size) }));
  const rightOffset = right.kind === 'image' ? [at(0), at(-right.top), at(-right.left)] : rightShape.map(() => at(0));
  const leftFactor = contraction.left.array === shape.left.array ? contraction.left : contraction.right;
  const rightFactor = leftFactor === contraction.left ? contraction.right : contraction.left;
  const rightIndex = rightFactor.index.map(({ base, terms }, d) => ({ base: base - rightOffset[d].base, terms }));
  const place = domain.map(({ name }) => at(0, name));
  const slice = fold[0].size / grid.links;

  const leaf = (l: number): Leaf => {
    const loops: Loop[] = [
      ...domain.slice(0, -1).map(({ name, size }) => loop(name, 0, size)),
      ...fold.map(({ name, size }, d) => (d === 0 ? loop(name, l * slice, (l + 1) * slice) : loop(name, 0, size))),
      { ...loop(domain[domain.length - 1].name, 0, domain[domain.length - 1].size), par: plan.lanes },
    ];
    const values: Value[] = [
      { kind: 'read', memory: leftMemory.name, index: leftFactor.index, type },
      { kind: 'read', memory: rightMemory.name, index: rightIndex, type },
      { kind: 'reduce', op: plan.operation, args: [0, 1], over: fold.map(({ name }) => name), init: { kind: 'const', bits: 0 }, type },
    ];
    if (l > 0) {
      values.push({ kind: 'read', memory: sums[l - 1].name, index: place, type });
      values.push({ kind: 'op', op: type === 'f32' ? 'fadd' : 'add', args: [3, 2], type });
    }
    return {
      kind: 'leaf',
      loops,
      values,
      guards: [],
      effects: [{ kind: 'write', memory: sums[l].name, index: place, value: values.length - 1 }],
    };
  };
  const body: Statement[] = [
    { kind: 'load', dram: right.array, memory: rightMemory.name, offset: rightOffset, extent: rightShape },
    { kind: 'load', dram: shape.left.array, memory: leftMemory.name, offset: leftMemory.shape.map(() => at(0)), extent: leftMemory.shape },
    ...sums.map((_, l) => leaf(l)),
    {
      kind: 'store',
      dram: contraction.out,
      memory: sums[sums.length - 1].name,
      offset: domain.map(() => at(0)),
      extent: domain.map(({ size }) => size),
    },
  ];
  return {
    ...program,
    memories: [leftMemory, rightMemory, ...sums],
    body: { kind: 'nest', schedule: 'pipe', loops: [], body },
  };
}

const loop = (name: string, min: number, max: number): Loop => ({ var: name, min, max, step: 1, par: 1 });
