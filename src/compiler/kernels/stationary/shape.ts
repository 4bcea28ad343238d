/**
 * Is a contraction one that stays in the accumulators? Rows of the result are told apart by one operand (a row a
 * stage), its columns by the other (a column a lane):
 *
 *     c[i, j]    = sum(k)         a[i, k]       * b[k, j]           panel
 *     y[f, v, u] = sum(c, dv, du) w[f, c, dv, du] * x[c, v+dv-p, u+du-p]   image, places outside hold 0
 */
import type { Contraction, Dimension, Factor } from '../../../ir/contraction.ts';
import type { AffineExpr, DramArray, ElementType, LoopProgram } from '../../../ir/loops.ts';

/** The operand that gives each stage its factor. */
export interface RowOperand {
  readonly array: string;
  /** The array is [depth, rows] instead of [rows, depth]. */
  readonly transposed: boolean;
}

/** The operand that gives each lane its factor: a matrix [depth, columns], or [columns, depth] when `transposed`. */
export interface Panel {
  readonly kind: 'panel';
  readonly array: string;
  readonly transposed: boolean;
}

/** Maps [channels, height, width] over which a window moves; `top` and `left` rows and columns of zeros before the first. */
export interface Image {
  readonly kind: 'image';
  readonly array: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
  /** Rows and columns of the window; how far apart in the maps; from its first in the maps to its last, that included. */
  readonly window: { readonly height: number; readonly width: number };
  readonly dilation: { readonly down: number; readonly across: number };
  readonly extent: { readonly height: number; readonly width: number };
  /** From one position of the window to the next. */
  readonly stride: { readonly down: number; readonly across: number };
  /** Positions of the window. */
  readonly down: number;
  readonly across: number;
}

export interface StationaryShape {
  readonly contraction: Contraction;
  readonly type: ElementType;
  /** Rows of the result (the first dimension), columns (all others together), terms of each sum. */
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly left: RowOperand;
  readonly right: Panel | Image;
}

/** The shape of a program that is one contraction and nothing else; undefined when the mapping does not know it. */
export function stationaryShape(program: LoopProgram): StationaryShape | undefined {
  const { contraction } = program;
  if (!contraction) return undefined;
  const out = program.dram.find(({ name }) => name === contraction.out);
  const { domain, fold } = contraction;
  if (!out || domain.length < 2 || domain.some(({ size }, d) => size !== out.shape[d])) return undefined;
  const [row, ...column] = domain;
  const product = (list: readonly Dimension[]) => list.reduce((n, { size }) => n * size, 1);
  for (const [a, b] of [
    [contraction.left, contraction.right],
    [contraction.right, contraction.left],
  ]) {
    const left = rowOperand(program, a, row, fold);
    const right = left && (panelOf(program, b, column, fold) ?? imageOf(program, b, column, fold));
    if (left && right) return { contraction, type: out.type, rows: row.size, columns: product(column), depth: product(fold), left, right };
  }
  return undefined;
}

function rowOperand(program: LoopProgram, factor: Factor, row: Dimension, fold: readonly Dimension[]): RowOperand | undefined {
  if (isPlain(program, factor, [row, ...fold])) return { array: factor.array, transposed: false };
  return isPlain(program, factor, [...fold, row]) ? { array: factor.array, transposed: true } : undefined;
}

function panelOf(program: LoopProgram, factor: Factor, column: readonly Dimension[], fold: readonly Dimension[]): Panel | undefined {
  if (isPlain(program, factor, [...fold, ...column])) return { kind: 'panel', array: factor.array, transposed: false };
  return isPlain(program, factor, [...column, ...fold]) ? { kind: 'panel', array: factor.array, transposed: true } : undefined;
}

function imageOf(program: LoopProgram, factor: Factor, column: readonly Dimension[], fold: readonly Dimension[]): Image | undefined {
  const shape = shapeOf(program, factor);
  if (shape?.length !== 3 || column.length !== 2 || fold.length !== 3) return undefined;
  const [down, across] = column;
  const [channel, dv, du] = fold;
  const [c, v, u] = factor.index;
  const vertical = windowOf(v, down.name, dv.name);
  const horizontal = windowOf(u, across.name, du.name);
  if (!isVariable(c, channel.name) || channel.size !== shape[0] || !vertical || !horizontal) return undefined;
  return {
    kind: 'image',
    array: factor.array,
    channels: shape[0],
    height: shape[1],
    width: shape[2],
    top: vertical.before,
    left: horizontal.before,
    window: { height: dv.size, width: du.size },
    dilation: { down: vertical.dilation, across: horizontal.dilation },
    extent: { height: (dv.size - 1) * vertical.dilation + 1, width: (du.size - 1) * horizontal.dilation + 1 },
    stride: { down: vertical.stride, across: horizontal.stride },
    down: down.size,
    across: across.size,
  };
}

/** `position * stride + offset * dilation - before`, if the index is that and does not begin inside the map. */
function windowOf(
  { base, terms }: AffineExpr,
  position: string,
  offset: string,
): { readonly before: number; readonly stride: number; readonly dilation: number } | undefined {
  const coefOf = (name: string) => terms.find((term) => term.var === name)?.coef ?? 0;
  const [stride, dilation] = [coefOf(position), coefOf(offset)];
  return terms.length === 2 && stride > 0 && dilation > 0 && base <= 0 ? { before: -base, stride, dilation } : undefined;
}

/** Is the whole array read at exactly these variables, in this order? */
function isPlain(program: LoopProgram, factor: Factor, variables: readonly Dimension[]): boolean {
  const shape = shapeOf(program, factor);
  return (
    shape?.length === variables.length && variables.every(({ name, size }, d) => size === shape[d] && isVariable(factor.index[d], name))
  );
}

const isVariable = ({ base, terms }: AffineExpr, name: string): boolean =>
  base === 0 && terms.length === 1 && terms[0].coef === 1 && terms[0].var === name;

const shapeOf = (program: LoopProgram, { array, index }: Factor): DramArray['shape'] | undefined => {
  const found = program.dram.find(({ name }) => name === array);
  return found?.shape.length === index.length ? found.shape : undefined;
};
