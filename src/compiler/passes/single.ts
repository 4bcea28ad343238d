/**
 * single: what loops of one iteration leave behind. A reduction over them is the value itself, their index is a constant.
 *
 *   leaf (u: 0..1) { %1 = reduce add %0 over u; result sum = %1 }      =>      leaf (u: 0..1) { result sum = %0 }
 *
 * Saves the levels of the lane tree, where the reduction starts from nothing. Lanes of a loop of one iteration are no lanes:
 * without a reduction they go to the loop around it.
 *
 *   leaf (i: 0..9, u: 0..1 par 4) { y[i] = x[i] }                      =>      leaf (u: 0..1, i: 0..9 par 4) { y[i] = x[i] }
 */
import { isSingle } from '../../ir/affine.ts';
import { argsOf, type Leaf, type Loop, type LoopProgram, neededBy, renumbered, type Statement, type Value } from '../../ir/loops.ts';

export function simplifySingle(program: LoopProgram): LoopProgram {
  const visit = (statement: Statement, outer: readonly Loop[]): Statement => {
    if (statement.kind === 'nest')
      return { ...statement, body: statement.body.map((child) => visit(child, [...outer, ...statement.loops])) };
    return statement.kind === 'leaf' ? dropIn(statement, [...outer, ...statement.loops]) : statement;
  };
  return { ...program, body: visit(program.body, []) as LoopProgram['body'] };
}

function dropIn(leaf: Leaf, loops: readonly Loop[]): Leaf {
  const single = new Map(loops.filter(isSingle).map((loop) => [loop.var, loop.min]));
  const indexed = leaf.values.map((value): Value => {
    const at = value.kind === 'index' ? single.get(value.var) : undefined;
    return at === undefined ? value : { kind: 'const', type: 'i32', bits: at >>> 0 };
  });
  const isZero = (id: number): boolean => (indexed[id].kind === 'const' ? (indexed[id] as { bits: number }).bits === 0 : false);
  const stands = new Map<number, number>();
  indexed.forEach((value, id) => {
    if (value.kind === 'op' && value.op === 'add' && value.args.some(isZero)) stands.set(id, value.args[isZero(value.args[0]) ? 1 : 0]);
    // A guard may leave a reduction without elements; then it is 0 and the value is not.
    if (value.kind !== 'reduce' || value.init.kind !== 'none' || leaf.guards.length > 0) return;
    if (value.over.every((name) => single.has(name))) stands.set(id, value.args[0]);
  });
  const whose = (id: number): number => {
    const other = stands.get(id);
    return other === undefined ? id : whose(other);
  };
  const values = indexed.map((value): Value => ('args' in value ? { ...value, args: value.args.map(whose) } : value));
  const effects = leaf.effects.map((effect) => renumbered(effect, whose));
  return {
    ...leaf,
    loops: moveLanes(leaf.loops, reducesIn(values, effects) || effects.some(({ kind }) => kind === 'result')),
    values,
    effects,
  };
}

/** Is one of the effects made from a reduction? */
function reducesIn(values: readonly Value[], effects: Leaf['effects']): boolean {
  const seen = new Set<number>();
  const visit = (id: number): boolean => {
    if (seen.has(id)) return false;
    seen.add(id);
    return values[id].kind === 'reduce' || argsOf(values[id]).some(visit);
  };
  return effects.some((effect) => neededBy(effect).some(visit));
}

/** `kept`: what a lane of which loop is matters. */
function moveLanes(loops: readonly Loop[], kept: boolean): readonly Loop[] {
  const lane = loops[loops.length - 1];
  if (lane === undefined || lane.par === 1 || !isSingle(lane)) return loops;
  const single = { ...lane, par: 1 };
  const others = loops.slice(0, -1);
  const next = others.findLastIndex((loop) => !isSingle(loop));
  if (kept || next < 0) return [...others, single];
  return [...others.filter((_, i) => i !== next), single, { ...others[next], par: lane.par }];
}
