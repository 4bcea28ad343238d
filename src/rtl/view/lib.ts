/**
 * The parameterised leaf cells. Their view is the same for every architecture: what an instance
 * needs to know it is told by Verilog parameters, and the bit positions inside the configuration
 * of a counter chain are read from the layout like all others.
 */
import type { Arch } from '../../arch/schema.ts';
import { type Field, leavesOf } from '../../base/bitstruct.ts';
import { invariant } from '../../base/invariant.ts';
import { pcuLayout } from '../../fabric/config.ts';

export interface LibView {
  /** What the design was generated from, for the banner. */
  readonly banner: string;
  /** Lowest bits in the configuration of a chain. */
  readonly chain: { readonly count: number; readonly par: number; readonly laneStep: number; readonly counters: number };
  readonly widths: { readonly count: number; readonly par: number; readonly laneStep: number };
  /** Highest bits of the registers that hold those fields, as ranges. */
  readonly range: { readonly count: string; readonly par: string; readonly laneStep: string };
  /** Lowest bits in the configuration of one counter; `bound` is the last field and the only one whose width differs. */
  readonly counter: {
    readonly min: number;
    readonly stride: number;
    readonly strideMsb: number;
    readonly max: number;
    readonly bound: number;
  };
}

/** The view of all leaf cells for `arch`. */
export function libView(arch: Arch, banner: string): LibView {
  const fields = pcuLayout(arch).fields;
  const leaves = new Map(leavesOf(fields.chain as Field).map((leaf) => [leaf.path, leaf]));
  const leaf = (path: string) => {
    const found = leaves.get(path);
    invariant(found !== undefined, `the layout of a chain has no \`${path}\``);
    return found;
  };
  const first = leaf('counters[0].min').lsb;
  const counter = (name: string) => leaf(`counters[0].${name}`).lsb - first;
  const bound = leaf('counters[0].bound');
  const next = leaves.get('counters[1].min');
  invariant(next === undefined || next.lsb === bound.lsb + bound.width, 'the bound is the last field of a counter');
  checkAffine(leavesOf((fields.guard as { fields: { at: Field } }).fields.at));
  const range = (name: string) => `[${leaf(name).width - 1}:0]`;
  return {
    banner,
    chain: { count: leaf('count').lsb, par: leaf('par').lsb, laneStep: leaf('laneStep').lsb, counters: first },
    widths: { count: leaf('count').width, par: leaf('par').width, laneStep: leaf('laneStep').width },
    range: { count: range('count'), par: range('par'), laneStep: range('laneStep') },
    counter: {
      min: counter('min'),
      stride: counter('stride'),
      strideMsb: counter('stride') + leaf('counters[0].stride').width - 1,
      max: counter('max'),
      bound: counter('bound'),
    },
  };
}

/** `kiln_affine` counts on the base being followed by the increments, all of one width. */
function checkAffine(leaves: readonly { lsb: number; width: number; path: string }[]): void {
  leaves.forEach((leaf, i) => {
    invariant(leaf.lsb === i * leaves[0].width, `\`${leaf.path}\` of an affine value is where its width says`);
  });
}

const CELLS = ['fifo', 'chain', 'affine', 'event', 'token_in', 'token_out', 'ram_1r1w', 'config'] as const;

/** The templates of the leaf cells, and the module (and file) each prints. */
export function libTemplates(): readonly { module: string; template: string }[] {
  return CELLS.map((cell) => ({ module: `kiln_${cell}`, template: `lib/${cell}.sv.njk` }));
}
