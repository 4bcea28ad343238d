/**
 * A configuration layout as a tree of part selects, for templates that read fields. Positions come
 * from the layout alone; a module that receives only a part of the configuration gives the bit at
 * which its part begins.
 */
import type { ArrayField, BitsField, Field, StructField } from '../../base/bitstruct.ts';
import { widthOf } from '../../base/bitstruct.ts';

export interface Slice {
  /** Part select, e.g. `[7:4]` or `[3]`. */
  readonly slice: string;
  /** Range of a register that holds it, e.g. `[3:0]`; empty for a single bit. */
  readonly dim: string;
  readonly width: number;
}

/** The layout with every leaf replaced by its slice. */
export type Slices<T extends Field> = T extends BitsField
  ? Slice
  : T extends StructField<infer F>
    ? { readonly [K in keyof F]: Slices<F[K]> }
    : T extends ArrayField<infer E>
      ? readonly Slices<E>[]
      : never;

/** `width` bits from `lsb` up, as a slice. */
export function sliceAt(lsb: number, width: number): Slice {
  const single = width === 1;
  return { slice: single ? `[${lsb}]` : `[${lsb + width - 1}:${lsb}]`, dim: single ? '' : `[${width - 1}:0]`, width };
}

/** The slices of `field`, whose lowest bit is bit `lsb` of the vector they select from. */
export function slicesOf<T extends Field>(field: T, lsb = 0): Slices<T> {
  const build = (f: Field, at: number): unknown => {
    if (f.kind === 'bits') return sliceAt(at, f.width);
    if (f.kind === 'array') {
      const width = widthOf(f.element);
      return Array.from({ length: f.count }, (_, i) => build(f.element, at + i * width));
    }
    let next = at;
    const out: Record<string, unknown> = {};
    for (const [name, child] of Object.entries(f.fields as Record<string, Field>)) {
      out[name] = build(child, next);
      next += widthOf(child);
    }
    return out;
  };
  return build(field, lsb) as Slices<T>;
}

/** Lowest bit and width of each child of a struct. */
export function spansOf<F extends Record<string, Field>>(
  field: StructField<F>,
): { readonly [K in keyof F]: { lsb: number; width: number } } {
  let lsb = 0;
  const out: Record<string, { lsb: number; width: number }> = {};
  for (const [name, child] of Object.entries(field.fields as Record<string, Field>)) {
    out[name] = { lsb, width: widthOf(child) };
    lsb += widthOf(child);
  }
  return out as { readonly [K in keyof F]: { lsb: number; width: number } };
}
