/** Where the fields of a configuration lie, as the bit numbers a template prints. */
import { type Field, leavesOf } from '../../base/bitstruct.ts';
import { invariant } from '../../base/invariant.ts';

/** Bits `[msb:lsb]`. */
export interface BitRange {
  readonly msb: number;
  readonly lsb: number;
}

export interface FieldPositions {
  /** The bits of a field, or of everything below it. */
  range(path: string): BitRange;
  /** The only bit of a flag. */
  bit(path: string): number;
}

/** The positions in `layout` by path, such as `tokenIn[1].mask`. */
export function fieldsOf(layout: Field): FieldPositions {
  const leaves = leavesOf(layout);
  const range = (path: string): BitRange => {
    const inside = leaves.filter((leaf) => leaf.path === path || leaf.path.startsWith(`${path}.`) || leaf.path.startsWith(`${path}[`));
    invariant(inside.length > 0, `the layout has no \`${path}\``);
    const last = inside[inside.length - 1];
    return { msb: last.lsb + last.width - 1, lsb: inside[0].lsb };
  };
  return {
    range,
    bit: (path) => {
      const { msb, lsb } = range(path);
      invariant(msb === lsb, `\`${path}\` is not a single bit`);
      return lsb;
    },
  };
}
