/** Reads the text that `printLoops` writes; `printLoops(parseLoops(text)) = text` for printed text. */
import { DiagnosticError } from '../base/diagnostic.ts';
import { Source as Text } from '../base/source.ts';
import { MACROS, type MacroName } from '../ops/macros.ts';
import { OPS, type Op } from '../ops/table.ts';
import type { Contraction, Dimension, Factor } from './contraction.ts';
import type {
  AffineExpr,
  Bound,
  DramArray,
  Effect,
  ElementType,
  HostScalar,
  Leaf,
  Loop,
  LoopProgram,
  Memory,
  Nest,
  ReduceInit,
  Schedule,
  Source,
  Statement,
  Transfer,
  Value,
} from './loops.ts';
import { Cursor } from './loops-cursor.ts';
import { cannotRead } from './loops-messages.ts';

const schedules: readonly Schedule[] = ['pipe', 'seq', 'parallel', 'stream'];

/** Reads a program; throws `DiagnosticError` (E0230) at the first thing it cannot read. */
export function parseLoops(text: string, file = 'program'): LoopProgram {
  const source = new Text(file, text);
  const cursor = new Cursor(text, (offset, message) => {
    const { line, column } = source.position(Math.min(offset, text.length));
    throw new DiagnosticError(cannotRead(file, line, column, message));
  });
  cursor.word('program');
  const name = cursor.json() as string;
  const params = cursor.json() as LoopProgram['params'];
  const dram: DramArray[] = [];
  const args: HostScalar[] = [];
  const results: HostScalar[] = [];
  const memories: Memory[] = [];
  for (;;) {
    if (cursor.accept('dram')) {
      const role = cursor.oneOf(['inout', 'in', 'out'] as const);
      dram.push({ name: cursor.name(), type: type(cursor), shape: sizes(cursor), role, ...place(cursor) });
    } else if (cursor.accept('arg')) args.push({ name: cursor.name(), type: type(cursor) });
    else if (cursor.accept('result')) results.push({ name: cursor.name(), type: type(cursor) });
    else if (cursor.accept('memory')) memories.push(memory(cursor));
    else if (cursor.accept('part')) memories.push(memory(cursor, true));
    else if (cursor.accept('fifo')) memories.push({ kind: 'fifo', ...memory(cursor) });
    else if (cursor.accept('lines')) memories.push({ kind: 'lines', ...memory(cursor) });
    else break;
  }
  const contracted = cursor.accept('contract') ? { contraction: contraction(cursor) } : {};
  const body = statement(cursor);
  if (body.kind !== 'nest') return cursor.fail('the body of a program is a nest');
  cursor.end();
  return { name, params, dram, args, results, memories, ...contracted, body };
}

const memory = (cursor: Cursor, isPart = false): Memory => ({
  name: cursor.name(),
  type: type(cursor),
  shape: sizes(cursor),
  ...(cursor.accept('banks') && { banks: cursor.integer() }),
  ...(cursor.accept('stride') && { stride: cursor.integer() }),
  ...(isPart && { part: partOf(cursor) }),
  ...(cursor.accept('=') && { words: sizes(cursor) }),
  ...place(cursor),
});

function partOf(cursor: Cursor): Memory['part'] {
  cursor.word('of');
  const from = cursor.integer();
  cursor.symbol('..');
  return { from, to: cursor.integer() };
}

function contraction(cursor: Cursor): Contraction {
  const out = cursor.name();
  const domain = dimensions(cursor, '[', ']');
  cursor.symbol('=');
  cursor.word('sum');
  const fold = dimensions(cursor, '(', ')');
  const left = factor(cursor);
  cursor.symbol('*');
  return { out, domain, fold, left, right: factor(cursor) };
}

function dimensions(cursor: Cursor, open: string, close: string): Dimension[] {
  const list: Dimension[] = [];
  cursor.symbol(open);
  while (!cursor.accept(close)) {
    if (list.length > 0) cursor.symbol(',');
    const name = cursor.name();
    cursor.symbol(':');
    list.push({ name, size: cursor.integer() });
  }
  return list;
}

const factor = (cursor: Cursor): Factor => ({ array: cursor.name(), index: indices(cursor) });

function statement(cursor: Cursor): Statement {
  if (cursor.accept('nest')) {
    const schedule = cursor.oneOf(schedules);
    const head = { kind: 'nest' as const, schedule, loops: loops(cursor), ...tail(cursor) };
    const body: Statement[] = [];
    cursor.symbol('{');
    while (!cursor.accept('}')) body.push(statement(cursor));
    return { ...head, body } satisfies Nest;
  }
  if (cursor.accept('leaf')) return leaf(cursor);
  const kind = cursor.oneOf(['load', 'store'] as const);
  const first = cursor.name();
  if (kind === 'load') {
    const own = box(cursor);
    cursor.symbol('->');
    return { kind, dram: first, memory: cursor.name(), ...own, ...tail(cursor) } satisfies Transfer;
  }
  cursor.symbol('->');
  return { kind, dram: cursor.name(), memory: first, ...box(cursor), ...tail(cursor) } satisfies Transfer;
}

function box(cursor: Cursor): Pick<Transfer, 'offset' | 'extent' | 'start' | 'count'> {
  const place = { offset: indices(cursor), extent: sizes(cursor) };
  const start = cursor.accept('from') ? { start: bound(cursor) } : {};
  return { ...place, ...start, ...(cursor.accept('below') && { count: bound(cursor) }) };
}

const bound = (cursor: Cursor): Bound => ({ memory: cursor.name(), index: indices(cursor) });

function leaf(cursor: Cursor): Leaf {
  const head = { kind: 'leaf' as const, loops: loops(cursor), ...tail(cursor) };
  const guards: { index: AffineExpr; limit: number }[] = [];
  const values: Value[] = [];
  const effects: Effect[] = [];
  cursor.symbol('{');
  while (!cursor.accept('}')) {
    if (cursor.accept('guard')) {
      const index = affine(cursor);
      cursor.symbol('<');
      guards.push({ index, limit: cursor.integer() });
    } else if (cursor.accept('write')) {
      const memory = cursor.name();
      const index = indices(cursor);
      cursor.symbol('=');
      effects.push({ kind: 'write', memory, index, value: reference(cursor), ...predicate(cursor) });
    } else if (cursor.accept('enqueue')) {
      const memory = cursor.name();
      cursor.symbol('=');
      effects.push({ kind: 'enqueue', memory, value: reference(cursor), ...predicate(cursor) });
    } else if (cursor.accept('result')) {
      const name = cursor.name();
      cursor.symbol('=');
      effects.push({ kind: 'result', name, value: reference(cursor) });
    } else {
      if (reference(cursor) !== values.length) cursor.fail(`the next value is %${values.length}`);
      cursor.symbol('=');
      values.push(value(cursor));
    }
  }
  return { ...head, values, effects, guards };
}

const predicate = (cursor: Cursor): { when?: number } => (cursor.accept('when') ? { when: reference(cursor) } : {});

function value(cursor: Cursor): Value {
  if (cursor.accept('const')) {
    const bits = cursor.integer();
    return { kind: 'const', bits, type: typed(cursor) };
  }
  if (cursor.accept('index')) return { kind: 'index', var: cursor.name() };
  if (cursor.accept('arg')) return { kind: 'arg', name: cursor.name(), type: typed(cursor) };
  if (cursor.accept('read')) return { kind: 'read', memory: cursor.name(), index: indices(cursor), type: typed(cursor) };
  if (cursor.accept('dequeue')) return { kind: 'dequeue', memory: cursor.name(), args: references(cursor), type: typed(cursor) };
  if (cursor.accept('cast')) return { kind: 'cast', args: references(cursor), type: typed(cursor) };
  if (cursor.accept('macro')) {
    const macro = cursor.name();
    if (!Object.hasOwn(MACROS, macro)) cursor.fail(`\`${macro}\` is no macro`);
    const format = cursor.isNumber() ? { fraction: cursor.integer() } : {};
    return { kind: 'macro', macro: macro as MacroName, ...format, args: references(cursor), type: typed(cursor) };
  }
  const running = cursor.accept('scan') ? ({ running: true } as const) : {};
  if (!running.running && !cursor.accept('reduce'))
    return { kind: 'op', op: operation(cursor), args: references(cursor), type: typed(cursor) };
  const op = operation(cursor);
  const args = references(cursor);
  cursor.word('over');
  const over = names(cursor, ['from', 'carried']);
  const init = start(cursor);
  return { kind: 'reduce', op, args, over, init, ...running, type: typed(cursor) };
}

function start(cursor: Cursor): ReduceInit {
  if (cursor.accept('from')) return { kind: 'const', bits: cursor.integer() };
  if (!cursor.accept('carried')) return { kind: 'none' };
  const memory = cursor.name();
  const index = indices(cursor);
  cursor.word('over');
  const over = names(cursor, ['first']);
  return { kind: 'carried', memory, index, over, ...(cursor.accept('first') && { first: cursor.integer() }) };
}

function operation(cursor: Cursor): Op {
  const op = cursor.name();
  return Object.hasOwn(OPS, op) ? (op as Op) : cursor.fail(`\`${op}\` is no operation`);
}

function loops(cursor: Cursor): Loop[] {
  const list: Loop[] = [];
  cursor.symbol('(');
  while (!cursor.accept(')')) {
    if (list.length > 0) cursor.symbol(',');
    const name = cursor.name();
    cursor.symbol(':');
    const min = cursor.integer();
    cursor.symbol('..');
    const max = cursor.integer();
    const end = cursor.accept('below') ? { bound: bound(cursor) } : {};
    const step = cursor.accept('step') ? cursor.integer() : 1;
    const par = cursor.accept('par') ? cursor.integer() : 1;
    list.push({ var: name, min, max, step, par, ...end });
  }
  return list;
}

function indices(cursor: Cursor): AffineExpr[] {
  const list: AffineExpr[] = [];
  cursor.symbol('[');
  while (!cursor.accept(']')) {
    if (list.length > 0) cursor.symbol(',');
    list.push(affine(cursor));
  }
  return list;
}

/** Terms in order, a number among them adds to the base. */
function affine(cursor: Cursor): AffineExpr {
  const terms: { var: string; coef: number }[] = [];
  let base = 0;
  do {
    if (!cursor.isNumber()) terms.push({ var: cursor.name(), coef: 1 });
    else {
      const number = cursor.integer();
      if (cursor.accept('*')) terms.push({ var: cursor.name(), coef: number });
      else base += number;
    }
  } while (cursor.accept('+'));
  return { base, terms };
}

function sizes(cursor: Cursor): number[] {
  const list: number[] = [];
  cursor.symbol('[');
  while (!cursor.accept(']')) {
    if (list.length > 0) cursor.symbol(',');
    list.push(cursor.integer());
  }
  return list;
}

function references(cursor: Cursor): number[] {
  const list: number[] = [];
  while (cursor.looksAt('%')) list.push(reference(cursor));
  return list;
}

function reference(cursor: Cursor): number {
  cursor.symbol('%');
  return cursor.integer();
}

function names(cursor: Cursor, before: readonly string[]): string[] {
  const list: string[] = [];
  while (cursor.isName() && !before.some((word) => cursor.looksAt(word))) list.push(cursor.name());
  return list;
}

function typed(cursor: Cursor): ElementType {
  cursor.symbol(':');
  return type(cursor);
}

const type = (cursor: Cursor): ElementType => cursor.oneOf(['i32', 'f32'] as const);

function tail(cursor: Cursor): { label?: string; source?: Source } {
  const label = cursor.looksAt('"') ? { label: cursor.json() as string } : {};
  return { ...label, ...place(cursor) };
}

function place(cursor: Cursor): { source?: Source } {
  if (!cursor.accept('@')) return {};
  const file = cursor.looksAt('"') ? (cursor.json() as string) : cursor.path();
  cursor.symbol(':');
  const line = cursor.integer();
  cursor.symbol(':');
  return { source: { file, line, column: cursor.integer() } };
}
