/** The section of one tile: fields of its unit and the routes of its switch. */
import { type BitsField, bits, bitsFor, type Field } from '../base/bitstruct.ts';
import { DiagnosticError } from '../base/diagnostic.ts';
import { didYouMean } from '../base/text.ts';
import { type TileConfig, unitLayout } from '../fabric/config.ts';
import { SIDES } from '../fabric/graph.ts';
import { NET_CLASSES, type NetClass, portsOf, type TileKind, tracksOf } from '../fabric/ports.ts';
import { bitsOfFloat } from './disasm.ts';
import type { Arch } from './format.ts';
import type { KasmReader, Token } from './kasm-tokens.ts';
import { memoryFault } from './memory.ts';
import { messages } from './messages.ts';
import { selectsOf } from './switch-names.ts';
import { placeOf, type Words, wordsFor } from './symbols.ts';

/** Values on the way to a field: structs by name, arrays by index. */
type Values = { [key: string | number]: number & Values };

/** A field reached by a path: where its value lives. */
interface Slot {
  readonly field: Field;
  readonly path: string;
  readonly holder: Values;
  readonly key: string | number;
}

interface Context {
  readonly reader: KasmReader;
  readonly arch: Arch;
  readonly kind: TileKind;
  readonly words: ReadonlyMap<string, Words>;
  /** Paths of fields and sinks that were given. */
  readonly given: Set<string>;
}

/** Reads `{ ... }` into a configuration whose fields are all 0. */
export function readTile(reader: KasmReader, arch: Arch, kind: TileKind, config: TileConfig): void {
  const context: Context = { reader, arch, kind, words: wordsFor(arch, kind), given: new Set() };
  const layout = unitLayout(arch, kind);
  reader.expect('{');
  while (!reader.is('}')) {
    const first = reader.expectKind('word', 'a field, a route or `}`');
    const net = NET_CLASSES.find((name) => name === first.text);
    if (net !== undefined) readRoute(context, net, first, config);
    else if (first.text === 'memory') readMemory(context, first, config);
    else readItem(context, first, layout, config.unit, '');
  }
  reader.take();
}

/** `memory[16] = [1, 2, 3]`: words from an address on; runs stand in the order of addresses. */
function readMemory(context: Context, first: Token, config: TileConfig): void {
  const { reader, arch, kind } = context;
  reader.expect('[');
  const at = reader.expectKind('number', 'an address');
  reader.expect(']');
  reader.expect('=');
  reader.expect('[');
  const words: number[] = [];
  while (!reader.is(']')) {
    words.push(readNumber(context, WORD, `memory[${at.text}]`, undefined));
    if (!reader.is(']')) reader.expect(',');
  }
  reader.take();
  config.memory = [...(config.memory ?? []), { address: Number(at.text), words: Uint32Array.from(words) }];
  const fault = memoryFault(arch, kind, config.memory);
  if (fault !== undefined) throw new DiagnosticError(messages.textMemory(reader.span({ start: first.start, end: at.end }), fault));
}

const WORD = bits(32);

/** `path`, `path = value` or `path { ... }`; `first` is the path's first word. */
function readItem(context: Context, first: Token, layout: Field, value: unknown, path: string): void {
  const { reader } = context;
  const slot = readPath(context, first, layout, value, path);
  const span = () => reader.span({ start: first.start, end: Math.max(first.end, first.start + 1) });
  if (reader.is('{')) {
    if (slot.field.kind !== 'struct') reader.fail(`\`=\`: \`${slot.path}\` has no fields`);
    reader.take();
    while (!reader.is('}')) {
      readItem(context, reader.expectKind('word', 'a field or `}`'), slot.field, slot.holder[slot.key], slot.path);
    }
    reader.take();
    return;
  }
  if (context.given.has(slot.path)) throw new DiagnosticError(messages.twice(span(), `\`${slot.path}\``));
  context.given.add(slot.path);
  if (!reader.is('=')) {
    if (slot.field.kind !== 'bits' || slot.field.width !== 1) reader.fail(slot.field.kind === 'bits' ? '`=`' : '`{` or `=`');
    (slot.holder as Record<string, number>)[slot.key] = 1;
    return;
  }
  reader.take();
  assign(context, slot);
}

function readPath(context: Context, first: Token, layout: Field, value: unknown, path: string): Slot {
  const { reader } = context;
  let slot = child(context, first, layout, value, path);
  while (reader.is('[') || reader.is('.')) {
    const mark = reader.take();
    const inner = slot.holder[slot.key];
    if (mark.text === '.') {
      slot = child(context, reader.expectKind('word', 'a field'), slot.field, inner, slot.path);
      continue;
    }
    const index = reader.expectKind('number', 'an index');
    const { field } = slot;
    if (field.kind !== 'array')
      throw new DiagnosticError(messages.syntax(reader.span(mark), `a field: \`${slot.path}\` is no array`, '`[`'));
    const at = Number(index.text);
    if (!Number.isInteger(at) || at < 0 || at >= field.count)
      throw new DiagnosticError(messages.badIndex(reader.span(index), slot.path, at, field.count));
    reader.expect(']');
    slot = { field: field.element, path: `${slot.path}[${at}]`, holder: inner, key: at };
  }
  return slot;
}

function child(context: Context, name: Token, layout: Field, value: unknown, path: string): Slot {
  const fields = layout.kind === 'struct' ? (layout.fields as Record<string, Field>) : {};
  if (!Object.hasOwn(fields, name.text)) {
    const known = Object.keys(fields);
    const what = path === '' ? `field of a ${context.kind}` : `field of \`${path}\``;
    throw new DiagnosticError(messages.unknownName(context.reader.span(name), what, name.text, didYouMean(name.text, known), known));
  }
  return { field: fields[name.text], path: path === '' ? name.text : `${path}.${name.text}`, holder: value as Values, key: name.text };
}

function assign(context: Context, slot: Slot): void {
  const { reader, words } = context;
  const { field, path, holder, key } = slot;
  const known = words.get(placeOf(path));
  if (field.kind === 'bits') {
    (holder as Record<string, number>)[key] = readNumber(context, field, path, known);
  } else if (field.kind === 'array' && field.element.kind === 'bits') {
    reader.expect('[');
    for (let i = 0; !reader.is(']'); i++) {
      if (i >= field.count) throw new DiagnosticError(messages.badIndex(reader.span(reader.peek), path, i, field.count));
      (holder[key] as Record<number, number>)[i] = readNumber(context, field.element, `${path}[${i}]`, undefined);
      if (!reader.is(']')) reader.expect(',');
    }
    reader.take();
  } else {
    const token = reader.expectKind('word', known?.structs ? 'a word' : '`{`');
    const meaning = known?.structs?.get(token.text);
    if (meaning === undefined) throw unknownWord(context, token, path, known);
    Object.assign(holder[key], meaning);
  }
}

function readNumber(context: Context, field: BitsField, path: string, known: Words | undefined): number {
  const { reader } = context;
  const token = reader.take();
  if (token.kind === 'word') {
    const value = known?.values?.get(token.text);
    if (value === undefined) throw unknownWord(context, token, path, known);
    return value;
  }
  if (token.kind !== 'number') reader.fail('a number', token);
  const value = numberOf(token.text);
  const fitted = fitField(value, field);
  if (fitted === undefined) throw new DiagnosticError(messages.valueRange(reader.span(token), path, token.text, field.width, field.signed));
  return fitted;
}

function numberOf(text: string): number {
  if (text.endsWith('f') && !/^-?0x/.test(text)) return bitsOfFloat(Number(text.slice(0, -1)));
  return text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
}

/** The value as the field's own number, or undefined; 32-bit fields take the signed and the unsigned reading. */
function fitField(value: number, { width, signed }: BitsField): number | undefined {
  const limit = 2 ** width;
  const low = signed || width === 32 ? -limit / 2 : 0;
  const high = signed && width < 32 ? limit / 2 : limit;
  if (!Number.isInteger(value) || value < low || value >= high) return undefined;
  if (width === 32) return signed ? value | 0 : value >>> 0;
  return value + 0;
}

function unknownWord(context: Context, token: Token, path: string, words: Words | undefined): DiagnosticError {
  const known = [...(words?.values?.keys() ?? []), ...(words?.structs?.keys() ?? [])];
  return new DiagnosticError(
    messages.unknownName(context.reader.span(token), `value of \`${path}\``, token.text, didYouMean(token.text, known), known),
  );
}

/** `vector.east.2 <- west.2`, `vector.in.1 <- north.0`, `scalar.west.0 <- out.1`, or `... <- select 9`. */
function readRoute(context: Context, net: NetClass, first: Token, config: TileConfig): void {
  const { reader, arch, kind } = context;
  reader.expect('.');
  const place = reader.expectKind('word', 'a side or `in`');
  reader.expect('.');
  const number = reader.expectKind('number', 'a number');
  const name = `${net}.${place.text}.${number.text}`;
  const side = SIDES.indexOf(place.text as (typeof SIDES)[number]);
  if (side < 0 && place.text !== 'in') {
    const known = [...SIDES, 'in'];
    throw new DiagnosticError(messages.unknownName(reader.span(place), 'sink', place.text, didYouMean(place.text, known), known));
  }
  const count = side < 0 ? portsOf(arch, kind)[net].in : tracksOf(arch, net);
  const at = Number(number.text);
  if (!Number.isInteger(at) || at < 0 || at >= count) {
    throw new DiagnosticError(messages.badIndex(reader.span(number), `${net}.${place.text}`, at, count));
  }
  const span = reader.span({ start: first.start, end: number.end });
  if (context.given.has(`<-${name}`)) throw new DiagnosticError(messages.twice(span, `\`${name}\``));
  context.given.add(`<-${name}`);
  reader.expect('<-');
  const [sink, index] = side < 0 ? (['in', at] as const) : (['link', side * count + at] as const);
  const table = config.switch[net][sink === 'in' ? 'unit' : 'link'];
  table[index] = readSource(context, net, sink, index, name);
}

function readSource(context: Context, net: NetClass, sink: 'link' | 'in', index: number, sinkName: string): number {
  const { reader, arch, kind } = context;
  const start = reader.expectKind('word', 'a side, `out` or `select`');
  if (start.text === 'select') {
    const token = reader.expectKind('number', 'a select value');
    const value = Number(token.text);
    const layout = { kind: 'bits', width: selectWidth(context, net, sink), signed: false, doc: '' } as const;
    const fitted = fitField(value, layout);
    if (fitted === undefined) throw new DiagnosticError(messages.valueRange(reader.span(token), sinkName, token.text, layout.width, false));
    return fitted;
  }
  reader.expect('.');
  const number = reader.expectKind('number', 'a number');
  const source = `${start.text}.${number.text}`;
  const known = selectsOf(arch, kind, net, sink, index);
  const select = known.get(source);
  if (select === undefined) {
    const names = [...known.keys()].map((name) => `\`${name}\``);
    throw new DiagnosticError(messages.noRoute(reader.span({ start: start.start, end: number.end }), sinkName, source, names));
  }
  return select;
}

/** Bits of the select field, as `switchLayout` has it. */
function selectWidth({ arch, kind }: Context, net: NetClass, sink: 'link' | 'in'): number {
  const values = sink === 'in' ? 1 + 4 * tracksOf(arch, net) : 4 + portsOf(arch, kind)[net].out;
  return bitsFor(values);
}
