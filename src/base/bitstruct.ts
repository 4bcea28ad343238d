/**
 * Bit layouts as data: a tree of named fields whose TypeScript type, total width, bit positions,
 * encoder and decoder all follow from one description. The configuration of every unit is such a
 * tree (`fabric/config.ts`), so encoder, decoder, simulator, disassembler, documentation and RTL
 * cannot disagree about a bit.
 *
 * Bit 0 of the layout is bit 0 of word 0. Fields are packed without gaps in declaration order.
 */

export interface BitsField {
  readonly kind: 'bits';
  readonly width: number;
  readonly signed: boolean;
  readonly doc: string;
}
export interface StructField<F extends Record<string, Field> = Record<string, Field>> {
  readonly kind: 'struct';
  readonly fields: F;
  readonly doc: string;
}
export interface ArrayField<E extends Field = Field> {
  readonly kind: 'array';
  readonly count: number;
  readonly element: E;
  readonly doc: string;
}
export type Field = BitsField | StructField<any> | ArrayField<any>;

/** The plain value a layout describes: numbers in structs and arrays. */
export type ValueOf<T extends Field> = T extends BitsField
  ? number
  : T extends StructField<infer F>
    ? { [K in keyof F]: ValueOf<F[K]> }
    : T extends ArrayField<infer E>
      ? ValueOf<E>[]
      : never;

/** An unsigned field of 1..32 bits. */
export const bits = (width: number, doc = ''): BitsField => ({ kind: 'bits', width, signed: false, doc });
/** A two's complement field of 1..32 bits. */
export const sint = (width: number, doc = ''): BitsField => ({ kind: 'bits', width, signed: true, doc });
/** One bit. */
export const flag = (doc = ''): BitsField => bits(1, doc);
/** Named fields, lowest bits first. */
export const struct = <F extends Record<string, Field>>(fields: F, doc = ''): StructField<F> => ({ kind: 'struct', fields, doc });
/** `count` copies of a field, index 0 in the lowest bits. */
export const array = <E extends Field>(count: number, element: E, doc = ''): ArrayField<E> => ({ kind: 'array', count, element, doc });

/** Bits needed to hold the values 0..count-1 (at least 1). */
export function bitsFor(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(count)));
}

/** Total width of a layout in bits. */
export function widthOf(field: Field): number {
  if (field.kind === 'bits') return field.width;
  if (field.kind === 'array') return field.count * widthOf(field.element);
  let width = 0;
  for (const child of Object.values(field.fields as Record<string, Field>)) width += widthOf(child);
  return width;
}

/** 32-bit words needed for a layout. */
export function wordsOf(field: Field): number {
  return Math.ceil(widthOf(field) / 32);
}

export interface LeafPosition {
  /** Path such as `stages[2].a.kind`. */
  readonly path: string;
  readonly lsb: number;
  readonly width: number;
  readonly signed: boolean;
  readonly doc: string;
}

/** Every leaf with its position, in bit order. */
export function leavesOf(field: Field, path = '', lsb = 0): LeafPosition[] {
  if (field.kind === 'bits') return [{ path, lsb, width: field.width, signed: field.signed, doc: field.doc }];
  const out: LeafPosition[] = [];
  if (field.kind === 'array') {
    const width = widthOf(field.element);
    for (let i = 0; i < field.count; i++) out.push(...leavesOf(field.element, `${path}[${i}]`, lsb + i * width));
    return out;
  }
  let at = lsb;
  for (const [name, child] of Object.entries(field.fields as Record<string, Field>)) {
    out.push(...leavesOf(child, path === '' ? name : `${path}.${name}`, at));
    at += widthOf(child);
  }
  return out;
}

/** The value with every field 0. */
export function zeroOf<T extends Field>(field: T): ValueOf<T> {
  const build = (f: Field): unknown => {
    if (f.kind === 'bits') return 0;
    if (f.kind === 'array') return Array.from({ length: f.count }, () => build(f.element));
    return Object.fromEntries(Object.entries(f.fields as Record<string, Field>).map(([name, child]) => [name, build(child)]));
  };
  return build(field) as ValueOf<T>;
}

/** A leaf value that its field cannot hold. */
export class BitRangeError extends RangeError {
  constructor(
    readonly path: string,
    readonly value: unknown,
    readonly width: number,
    readonly signed: boolean,
  ) {
    super(`\`${path}\` = ${String(value)} does not fit in ${width} ${signed ? 'signed' : 'unsigned'} bits`);
  }
}

/**
 * Packs a value into words (little end first). Throws `BitRangeError` for a value out of range;
 * signed 32-bit fields also accept the unsigned reading 2^31..2^32-1.
 */
export function packBits<T extends Field>(field: T, value: ValueOf<T>): Uint32Array {
  const words = new Uint32Array(wordsOf(field));
  let at = 0;
  const put = (f: Field, v: any, path: string): void => {
    if (f.kind === 'array') {
      if (!Array.isArray(v) || v.length !== f.count) throw new BitRangeError(path, `array of ${v?.length}`, f.count, false);
      for (let i = 0; i < f.count; i++) put(f.element, v[i], `${path}[${i}]`);
      return;
    }
    if (f.kind === 'struct') {
      for (const [name, child] of Object.entries(f.fields as Record<string, Field>))
        put(child, v?.[name], path === '' ? name : `${path}.${name}`);
      return;
    }
    const limit = 2 ** f.width;
    const low = f.signed ? -(limit / 2) : 0;
    const high = f.signed && f.width < 32 ? limit / 2 - 1 : limit - 1;
    if (!Number.isInteger(v) || v < low || v > high) throw new BitRangeError(path, v, f.width, f.signed);
    writeBits(words, at, f.width, f.width === 32 ? v : v < 0 ? v + limit : v);
    at += f.width;
  };
  put(field, value, '');
  return words;
}

/** Reads a value back from words; the inverse of `packBits` (signed fields come back signed). */
export function unpackBits<T extends Field>(field: T, words: ArrayLike<number>): ValueOf<T> {
  let at = 0;
  const take = (f: Field): unknown => {
    if (f.kind === 'array') return Array.from({ length: f.count }, () => take(f.element));
    if (f.kind === 'struct')
      return Object.fromEntries(Object.entries(f.fields as Record<string, Field>).map(([name, child]) => [name, take(child)]));
    const raw = readBits(words, at, f.width);
    at += f.width;
    return f.signed && raw >= 2 ** (f.width - 1) ? raw - 2 ** f.width : raw;
  };
  return take(field) as ValueOf<T>;
}

function writeBits(words: Uint32Array, at: number, width: number, value: number): void {
  const bitsValue = value >>> 0;
  const word = at >>> 5;
  const shift = at & 31;
  words[word] = (words[word] | (bitsValue << shift)) >>> 0;
  if (shift + width > 32) words[word + 1] = (words[word + 1] | (bitsValue >>> (32 - shift))) >>> 0;
}

function readBits(words: ArrayLike<number>, at: number, width: number): number {
  const word = at >>> 5;
  const shift = at & 31;
  let value = words[word] >>> shift;
  if (shift + width > 32) value = (value | (words[word + 1] << (32 - shift))) >>> 0;
  return width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
}
