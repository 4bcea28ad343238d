/**
 * Cutting a leaf's work into PCUs: consecutive segments of the work list, as few as possible, each within the stages,
 * registers and ports of a PCU. Values that cross a cut travel as vectors.
 */
import type { Arch } from '../../arch/schema.ts';
import { OPS } from '../../ops/table.ts';
import { planStages, type StagePlan } from './stages.ts';
import type { Work, WorkList } from './work.ts';

/** What a leaf value is to a PCU that does not compute it. */
export type InputClass = 'vector' | 'scalar' | 'counter' | 'crossing';

export interface Segment {
  readonly items: readonly Work[];
  /** Values read from outside, in register order. */
  readonly inputs: readonly { readonly id: number; readonly from: InputClass }[];
  /** Values sent on (to later segments or by effects). */
  readonly outputs: readonly number[];
  readonly plan: StagePlan;
}

export interface CutRequest {
  readonly arch: Arch;
  readonly work: WorkList;
  /** Class of a leaf value that is not computed. */
  readonly classOf: (id: number) => InputClass;
}

/** Why a piece of work is none for a PCU; `least`: the value of the field with which this reason would be gone. */
export interface TooWide {
  readonly why: string;
  readonly field: string;
  readonly least?: number;
  /** The values that take it. */
  readonly users?: readonly number[];
}

/** The cheapest cut, or the reason why some single operation does not fit: that of the smallest piece which a larger PCU could hold. */
export function cutWork({ arch, work, classOf }: CutRequest): Segment[] | TooWide {
  const { items } = work;
  const lastUse = lastUses(work);
  const best: { cost: number; from: number; segment?: Segment }[] = [{ cost: 0, from: -1 }];
  let failed: TooWide | undefined;
  for (let end = 1; end <= items.length; end++) {
    best[end] = { cost: Number.POSITIVE_INFINITY, from: -1 };
    let why: TooWide | undefined;
    for (let start = end - 1; start >= 0 && end - start <= arch.pcu.stages; start--) {
      if (best[start].cost === Number.POSITIVE_INFINITY) continue;
      const segment = makeSegment(arch, work, classOf, lastUse, start, end);
      if ('why' in segment) {
        if (why?.least === undefined) why = segment;
        continue;
      }
      // Fewest PCUs first, then fewest crossing values, then the earliest cut.
      const cost = best[start].cost + 1000 + segment.inputs.filter((input) => input.from === 'crossing').length;
      if (cost < best[end].cost) best[end] = { cost, from: start, segment };
    }
    if (best[end].cost === Number.POSITIVE_INFINITY) failed ??= why;
  }
  if (best[items.length].cost === Number.POSITIVE_INFINITY) return failed ?? { why: 'it has no operations', field: 'pcu.stages' };
  const cut: Segment[] = [];
  for (let end = items.length; end > 0; end = best[end].from) cut.unshift(best[end].segment as Segment);
  return cut;
}

function lastUses(work: WorkList): Map<number, number> {
  const last = new Map<number, number>();
  work.items.forEach((item, i) => {
    for (const arg of item.args) last.set(arg, i);
  });
  for (const id of work.effectValues) last.set(id, Number.POSITIVE_INFINITY);
  return last;
}

function makeSegment(
  arch: Arch,
  work: WorkList,
  classOf: CutRequest['classOf'],
  lastUse: ReadonlyMap<number, number>,
  start: number,
  end: number,
): Segment | TooWide {
  const items = work.items.slice(start, end);
  if (items[0].when) return { why: 'a predicate apart from what it is for', field: 'pcu.stages' };
  if (items.filter(({ id }) => work.packed.has(id)).length > 1) return { why: 'two outputs that are packed', field: 'pcu.stages' };
  const own = new Set(items.map((item) => item.id));
  const computed = new Set(work.items.map((item) => item.id));
  const inputs: { id: number; from: InputClass }[] = [];
  for (const item of items) {
    for (const id of item.args) {
      if (own.has(id) || work.constants.has(id) || inputs.some((input) => input.id === id)) continue;
      inputs.push({ id, from: computed.has(id) ? 'crossing' : classOf(id) });
    }
  }
  const outputs = items.filter((item) => (lastUse.get(item.id) ?? -1) >= end).map((item) => item.id);
  const carried = items.filter((item) => item.reduce?.init.kind === 'carried').length;
  const from = (...kinds: InputClass[]) => inputs.filter((input) => kinds.includes(input.from)).map(({ id }) => id);
  const { pcu } = arch;
  const vectors = from('vector', 'crossing');
  const scalars = from('scalar');
  if (vectors.length + carried > pcu.vectorIn) return tooMany(vectors.length + carried, 'vector inputs', 'pcu.vectorIn', vectors);
  if (carried > 1) return { why: 'two accumulators that start from memory', field: 'pcu.stages' };
  if (scalars.length > pcu.scalarIn) return tooMany(scalars.length, 'scalar inputs', 'pcu.scalarIn', scalars);
  const trees = items.filter((item) => item.kind === 'tree');
  if (trees.length > 1) return { why: 'two lane trees', field: 'pcu.stages' };
  if (outputs.length - trees.length > pcu.vectorOut)
    return tooMany(outputs.length - trees.length, 'vector outputs', 'pcu.vectorOut', outputs);
  if (items.some((item) => OPS[item.op].float) && !pcu.float)
    return { why: 'float operations in a fabric without them', field: 'pcu.float' };
  const plan = planStages(
    arch,
    items,
    inputs.map((input) => input.id),
    work.constants,
  );
  return 'why' in plan ? plan : { items, inputs, outputs, plan };
}

const tooMany = (count: number, what: string, field: string, users: readonly number[]): TooWide => ({
  why: `${count} ${what}`,
  field,
  least: count,
  users,
});
