/**
 * What a mapping computes, as loops. Every sum begins at 0 and takes its terms in order, through all links. The evaluator
 * runs it, so its arithmetic is that of the units, bit for bit; where things lie is not in it.
 */
import type { AffineExpr, Loop, LoopProgram, Memory, Statement, Value } from '../../../ir/loops.ts';
import type { StationaryPlan } from './plan.ts';

export function stationaryLoops(program: LoopProgram, plan: StationaryPlan): LoopProgram {
  const { shape } = plan;
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
      ? [
          right.channels,
          right.stride.down * (right.down - 1) + right.extent.height,
          right.stride.across * (right.across - 1) + right.extent.width,
        ]
      : array(right.array).shape;
  const rightMemory: Memory = { name: fresh('right'), type, shape: rightShape };
  const sum: Memory = { name: fresh('sum'), type, shape: domain.map(({ size }) => size) };
  const rightOffset = right.kind === 'image' ? [at(0), at(-right.top), at(-right.left)] : rightShape.map(() => at(0));
  const leftFactor = contraction.left.array === shape.left.array ? contraction.left : contraction.right;
  const rightFactor = leftFactor === contraction.left ? contraction.right : contraction.left;
  const rightIndex = rightFactor.index.map(({ base, terms }, d) => ({ base: base - rightOffset[d].base, terms }));
  const place = domain.map(({ name }) => at(0, name));
  const lane = domain[domain.length - 1];
  const loops: Loop[] = [
    ...[...domain.slice(0, -1), ...fold].map(({ name, size }) => loop(name, size)),
    { ...loop(lane.name, lane.size), par: plan.lanes },
  ];
  const values: Value[] = [
    { kind: 'read', memory: leftMemory.name, index: leftFactor.index, type },
    { kind: 'read', memory: rightMemory.name, index: rightIndex, type },
    { kind: 'reduce', op: plan.operation, args: [0, 1], over: fold.map(({ name }) => name), init: { kind: 'const', bits: 0 }, type },
  ];
  const effects = [{ kind: 'write' as const, memory: sum.name, index: place, value: 2 }];
  const body: Statement[] = [
    { kind: 'load', dram: right.array, memory: rightMemory.name, offset: rightOffset, extent: rightShape },
    { kind: 'load', dram: shape.left.array, memory: leftMemory.name, offset: leftMemory.shape.map(() => at(0)), extent: leftMemory.shape },
    { kind: 'leaf', loops, values, effects, guards: [] },
    {
      kind: 'store',
      dram: contraction.out,
      memory: sum.name,
      offset: domain.map(() => at(0)),
      extent: domain.map(({ size }) => size),
    },
  ];
  return {
    ...program,
    memories: [leftMemory, rightMemory, sum],
    body: { kind: 'nest', schedule: 'pipe', loops: [], body },
  };
}

const loop = (name: string, size: number): Loop => ({ var: name, min: 0, max: size, step: 1, par: 1 });
