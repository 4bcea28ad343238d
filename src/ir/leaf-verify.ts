/** The values and effects of a leaf: types, reductions, and what may follow a reduction. */
import { TREE_OPS } from '../ops/table.ts';
import { outsideOf, type Scope, verifyAccess, verifyAffine } from './access-verify.ts';
import { type Outside, printAffine, variablesIn } from './affine.ts';
import { type Stray, usedOutside } from './guarded-reads.ts';
import { argsOf, type ElementType, type Leaf, neededBy, type Reduce, type Value } from './loops.ts';
import {
  badCarried,
  badEffect,
  badFormat,
  badGuard,
  badReduce,
  badTypes,
  outOfRange,
  readsAndWrites,
  unknownName,
  unknownVariable,
} from './loops-messages.ts';
import { formatOf, macroType, resultType } from './op-types.ts';
import { isTreeReduce, type Rate, ratesOf, sameSet, typeOf } from './rates.ts';

export function verifyLeafValues(leaf: Leaf, scope: Scope): void {
  const { report } = scope;
  const orderly = leaf.values.every((value, id) => {
    return argsOf(value).every((arg) => Number.isInteger(arg) && arg >= 0 && arg < id);
  });
  if (!orderly || leaf.effects.some((effect) => neededBy(effect).some((id) => !leaf.values[id]))) {
    report(badEffect('a value uses one that does not come before it', 'number operands before what uses them', leaf.source));
    return;
  }
  const rates = ratesOf(leaf);
  for (const [id, value] of leaf.values.entries()) verifyValue(value, id, rates, leaf, scope);
  verifyReads(leaf, scope);
  for (const effect of leaf.effects) {
    const value = leaf.values[effect.value];
    const rate = rates[effect.value];
    if (effect.kind === 'result') {
      verifyPlace('result', effect.name, typeOf(value), scope.program.results, leaf, scope);
      // One lane has one value, that of the last iteration.
      const oneLane = rate === undefined && leaf.loops[leaf.loops.length - 1].par === 1;
      if (oneLane) continue;
      if (!rate || rate === 'mixed' || !rate.includes(leaf.loops[leaf.loops.length - 1].var)) {
        report(badEffect(`result \`${effect.name}\` has one value a lane`, 'reduce it over the lane loop', leaf.source));
      }
      continue;
    }
    if (effect.kind === 'enqueue') continue;
    verifyAccess('a write', effect.memory, effect.index, scope, leaf.source);
    verifyPlace('memory', effect.memory, typeOf(value), scope.program.memories, leaf, scope);
    const inside = typeof rate === 'object' ? [...variablesIn(effect.index)].filter((name) => rate.includes(name)) : [];
    if (inside.length > 0) {
      report(
        badEffect(
          `a reduction is written at an index with \`${inside[0]}\`, which it is reduced over`,
          'use loops outside the reduction',
          leaf.source,
        ),
      );
    }
  }
  verifyHazards(leaf, scope);
}

/** Reads stay inside their memory wherever something uses what they give. */
function verifyReads(leaf: Leaf, scope: Scope): void {
  const strays: (Stray & Outside & { readonly memory: string })[] = leaf.values.flatMap((value, id) =>
    value.kind === 'read'
      ? outsideOf('a read', value.memory, value.index, scope, leaf.source).map((outside) => ({
          ...outside,
          id,
          memory: value.memory,
          index: value.index[outside.dimension],
        }))
      : [],
  );
  const used = usedOutside(leaf, strays, scope.loops);
  for (const stray of strays)
    if (used.has(stray)) {
      const { memory, dimension, low, high, size } = stray;
      scope.report(outOfRange('a read', memory, dimension, low, high, size, leaf.source, { usedAt: used.get(stray) }));
    }
}

function verifyPlace(
  what: string,
  name: string,
  type: ElementType,
  places: readonly { name: string; type: ElementType }[],
  leaf: Leaf,
  scope: Scope,
): void {
  const found = places.find((candidate) => candidate.name === name);
  if (found && found.type !== type) scope.report(badTypes(`write ${name}`, [type], found.type, leaf.source));
  if (!found && what === 'result')
    scope.report(
      unknownName(
        what,
        name,
        places.map((candidate) => candidate.name),
        leaf.source,
      ),
    );
}

function verifyValue(value: Value, id: number, rates: readonly Rate[], leaf: Leaf, scope: Scope): void {
  const { program, report, loops } = scope;
  switch (value.kind) {
    case 'const':
      if (!Number.isInteger(value.bits) || value.bits < 0 || value.bits >= 2 ** 32)
        report(badTypes('const', [String(value.bits)], value.type, leaf.source));
      return;
    case 'index':
      if (!loops.has(value.var)) report(unknownVariable(value.var, 'a value', [...loops.keys()], leaf.source));
      return;
    case 'arg': {
      const arg = program.args.find(({ name }) => name === value.name);
      if (!arg)
        report(
          unknownName(
            'argument',
            value.name,
            program.args.map(({ name }) => name),
            leaf.source,
          ),
        );
      else if (arg.type !== value.type) report(badTypes(`arg ${arg.name}`, [arg.type], value.type, leaf.source));
      return;
    }
    case 'read': {
      const memory = program.memories.find(({ name }) => name === value.memory);
      if (memory && memory.type !== value.type) report(badTypes(`read ${value.memory}`, [memory.type], value.type, leaf.source));
      return;
    }
    case 'op':
    case 'macro':
    case 'cast': {
      const types = value.args.map((arg) => typeOf(leaf.values[arg]));
      const [name, result] =
        value.kind === 'op'
          ? [value.op, resultType(value.op, types)]
          : value.kind === 'macro'
            ? [value.macro, macroType(value.macro, types)]
            : ['cast', types.length === 1 ? value.type : undefined];
      if (result !== value.type) report(badTypes(name, types, value.type, leaf.source));
      if (value.kind === 'macro' && !formatOf(value.macro, value.fraction)) report(badFormat(value.macro, value.fraction, leaf.source));
      const rate = rates[id];
      if (rate === 'mixed')
        report(badEffect('an operation combines reductions over different loops', 'reduce over the same loops', leaf.source));
      else if (rate) verifyAfter(value.args, rate, rates, leaf, scope);
      return;
    }
    case 'reduce':
      verifyReduce(value, rates, leaf, scope);
  }
}

/** After a reduction only what does not change during it may be used. */
function verifyAfter(args: readonly number[], rate: readonly string[], rates: readonly Rate[], leaf: Leaf, scope: Scope): void {
  const visit = (id: number): void => {
    if (rates[id] !== undefined) return;
    const value = leaf.values[id];
    if (value.kind === 'dequeue')
      scope.report(badEffect('a finished reduction meets a word of a FIFO', 'combine it before the reduction', leaf.source));
    const used = value.kind === 'index' ? [value.var] : value.kind === 'read' ? [...variablesIn(value.index)] : [];
    const inside = used.find((name) => rate.includes(name));
    if (inside !== undefined)
      scope.report(
        badEffect(`a finished reduction meets a value that depends on \`${inside}\``, 'combine it before the reduction', leaf.source),
      );
    if (value.kind !== 'reduce') argsOf(value).forEach(visit);
  };
  args.forEach(visit);
}

function verifyReduce(reduce: Reduce, rates: readonly Rate[], leaf: Leaf, scope: Scope): void {
  const { report, loops } = scope;
  const tree = isTreeReduce(leaf, reduce);
  const chain = [...loops.keys()];
  const along = reduce.running === true && reduce.over.includes(chain.at(-1) ?? '');
  const candidates = tree || along ? chain : chain.slice(0, -1);
  const suffix = candidates.slice(candidates.length - reduce.over.length);
  if (reduce.over.length === 0 || !sameSet(suffix, reduce.over)) {
    report(
      badReduce(
        `a reduction over ${reduce.over.join(', ') || 'nothing'} is not over the innermost loops`,
        `the loops are ${chain.join(', ')}: reduce over the last ones; the lane loop \`${chain.at(-1)}\` may stay outside`,
        leaf.source,
      ),
    );
  }
  const outermost = chain.findIndex((name) => reduce.over.includes(name));
  const open = [...loops.values()].find(({ var: name, bound }, i) => bound && i > outermost && !reduce.over.includes(name));
  if (open && !reduce.running)
    report(
      badReduce(
        `a reduction over ${reduce.over.join(', ')} leaves out \`${open.var}\`, which ends at run time`,
        'reduce over it as well, or let it end at a constant with zeros behind what is there',
        leaf.source,
      ),
    );
  const types = reduce.args.map((arg) => typeOf(leaf.values[arg]));
  const all = [...types, reduce.type];
  if ((tree && reduce.args.length !== 1) || resultType(reduce.op, all) !== reduce.type)
    report(badTypes(reduce.op, all, reduce.type, leaf.source));
  if (tree && !TREE_OPS.includes(reduce.op)) {
    report(badReduce(`\`${reduce.op}\` cannot combine lanes`, `use ${TREE_OPS.join(', ')}, or leave the lane loop outside`, leaf.source));
  }
  if (reduce.args.some((arg) => rates[arg] !== undefined)) {
    report(
      badReduce('a reduction of a reduction in one leaf', 'write the inner one to a memory and reduce it in another leaf', leaf.source),
    );
  }
  if (reduce.running && reduce.init.kind !== 'const')
    report(
      badReduce('a scan starts from memory or from nothing', 'start it from a constant; give it the loops around as well', leaf.source),
    );
  const lane = leaf.loops.at(-1);
  if (along && lane && lane.par > 1)
    report(
      badReduce(
        `a scan along the lanes of \`${lane.var}\``,
        `each lane accumulates for itself: give \`${lane.var}\` one lane, or scan along another loop`,
        leaf.source,
      ),
    );
  if (!tree && !reduce.running && reduce.init.kind === 'none') {
    report(badReduce('an accumulator of a single lane starts from nothing', 'start it from a constant or `carried`', leaf.source));
  }
  if (!tree) {
    for (const guard of leaf.guards) {
      const inside = [...variablesIn([guard.index])].find((name) => reduce.over.includes(name));
      if (inside !== undefined)
        report(badGuard(`a guard on \`${inside}\` masks accumulators of single lanes reduced over it`, leaf.source));
    }
  }
  if (reduce.init.kind === 'carried') verifyCarried(reduce, leaf, scope);
}

function verifyCarried(reduce: Reduce, leaf: Leaf, scope: Scope): void {
  const { init } = reduce;
  if (init.kind !== 'carried') return;
  const { report } = scope;
  verifyAccess('a carried read', init.memory, init.index, scope, leaf.source);
  const memory = scope.program.memories.find(({ name }) => name === init.memory);
  if (memory && memory.type !== reduce.type) report(badTypes(`carried ${init.memory}`, [memory.type], reduce.type, leaf.source));
  const inside = [...variablesIn(init.index)].find((name) => reduce.over.includes(name) || init.over.includes(name));
  if (inside !== undefined)
    report(badCarried(`the carried place depends on \`${inside}\``, 'use loops outside the reduction', leaf.source));
  if (verifyAffine([{ base: 0, terms: init.over.map((name) => ({ var: name, coef: 1 })) }], 'a carried reduction', scope, leaf.source)) {
    const own = init.over.find((name) => reduce.over.includes(name) || leaf.loops.some((loop) => loop.var === name));
    if (own !== undefined)
      report(badCarried(`a reduction is carried over \`${own}\``, 'carry over loops of the nest outside the reduction', leaf.source));
  }
  if (init.over.length === 0 && init.first !== undefined)
    report(badCarried('a reduction is carried over no loop', 'name the loops, or start from a constant', leaf.source));
  const place = init.index.map(printAffine).join();
  const back = leaf.effects.some(
    (effect) =>
      effect.kind === 'write' &&
      effect.memory === init.memory &&
      effect.index.map(printAffine).join() === place &&
      leaf.values[effect.value] === reduce,
  );
  if (!back)
    report(badCarried(`the reduction carried in \`${init.memory}\` is not written back there`, 'write it to the same place', leaf.source));
}

function verifyHazards(leaf: Leaf, scope: Scope): void {
  const reads = new Set(leaf.values.flatMap((value) => (value.kind === 'read' ? [value.memory] : [])));
  const writes = leaf.effects.flatMap((effect) => (effect.kind === 'write' ? [effect.memory] : []));
  for (const memory of new Set(writes)) if (reads.has(memory)) scope.report(readsAndWrites(memory, leaf.source));
}
