/** What the templates of a PCU see: `kiln_pcu` and its parts share one value. */
import type { ArrayField } from '../../base/bitstruct.ts';
import type { INIT, INPUT, OPERAND, pcuLayout } from '../../fabric/config.ts';
import type { Slices } from './slices.ts';

type Layout = ReturnType<typeof pcuLayout>;
export type ElementOf<K extends 'stages' | 'scalarOut'> = Layout['fields'][K] extends ArrayField<infer E> ? E : never;

/** A register of a delay. */
export interface Position {
  readonly index: number;
  /** The position before it; -1 for the first. */
  readonly before: number;
  /** The bit of the `enter` vector with which elements enter here; -1 for none. */
  readonly enter: number;
}

/** Something the template prints once a number. */
export interface Numbered {
  readonly index: number;
  /** As a Verilog literal of the width of the field that selects it. */
  readonly literal: string;
}

export interface StageView extends Numbered {
  readonly first: boolean;
  /** Its number as the source of the tree. */
  readonly treeLiteral: string;
  readonly last: boolean;
  /** Where its element comes from; meaningless for the first. */
  readonly before: number;
  /** Its part of the configuration. */
  readonly slice: string;
}

export interface PortView extends Numbered {
  /** Slice of one port in a flat vector of words. */
  readonly word: string;
  /** Slice of a stream payload, of the words, of the lane mask in a flat vector of payloads. */
  readonly payload: string;
  readonly data: string;
  readonly mask: string;
  /** Slice of one port in a flat vector of lane masks. */
  readonly lanesSlice: string;
  /** Its number as the tap-in port. */
  readonly tapLiteral: string;
}

export interface OutputView extends PortView {
  /** Its part of the configuration. */
  readonly slice: string;
}

export interface PcuView {
  readonly banner: string;
  readonly lanes: number;
  /** The words of the lanes but 0 when a register counts them: the sum of another lane's word and the step shifted left. */
  readonly laneSums: readonly { readonly to: number; readonly from: number; readonly shift: number }[];
  readonly counters: number;
  readonly scalarIn: number;
  readonly boundBits: number;
  readonly depth: { readonly vector: number; readonly scalar: number; readonly output: number };
  readonly widths: { readonly vector: number; readonly scalar: number; readonly tag: number; readonly ctl: number };
  /** Ranges of vectors. */
  readonly range: Readonly<Record<RangeName, string>>;
  /** Blanks behind `logic` in a header of ports, so that names align. */
  readonly pad: number;
  readonly tag: Readonly<Record<'mask' | 'cf' | 'cl' | 'nullAt' | 'isNull' | 'final' | 'predicate', string>> & {
    readonly predicateLsb: number;
  };
  /** Cycles of the opcodes that are not `simple`, and the bit of `enter` for each class. */
  readonly latency: {
    readonly slow: readonly { readonly name: string; readonly code: number; readonly enter: number }[];
    readonly simple: number;
    readonly classes: readonly { readonly enter: number; readonly cycles: number; readonly others: string }[];
  };
  readonly positions: readonly Position[];
  readonly lastPosition: number;
  readonly registers: readonly (Numbered & { readonly input: Slices<Layout>['inputs'][number] })[];
  readonly stages: readonly StageView[];
  readonly lastStage: number;
  readonly busLiteral: string;
  readonly lastLiteral: string;
  readonly vectorIn: readonly PortView[];
  readonly scalarIns: readonly PortView[];
  readonly tokenIn: readonly PortView[];
  readonly vectorOut: readonly OutputView[];
  readonly scalarOut: readonly OutputView[];
  readonly tokenOut: readonly OutputView[];
  readonly counterValues: readonly PortView[];
  /** Slices of the whole configuration, and of one stage and one output of their own. */
  readonly cfg: Slices<Layout>;
  readonly stageCfg: Slices<ElementOf<'stages'>>;
  readonly outputCfg: Slices<ElementOf<'scalarOut'>>;
  readonly part: { readonly chain: string; readonly guardAt: string; readonly issue: string; readonly inputs: string };
  /** Slices of `part.inputs` within itself. */
  readonly kinds: { readonly input: typeof INPUT; readonly operand: typeof OPERAND; readonly init: typeof INIT };
  readonly ring: {
    readonly entries: readonly (Numbered & { readonly word: string })[];
    readonly msb: number;
    readonly indexMsb: number;
    readonly indexWidth: number;
    readonly afterMsb: number;
    readonly afterWidth: number;
    readonly one: string;
    /** Reductions may leave more than one entry. */
    readonly combines: boolean;
    readonly stepWidth: number;
  };
  readonly tree: {
    /** Levels of the lane tree, leaves first; none with one lane. */
    readonly levels: readonly { readonly index: number; readonly before: number }[];
    readonly half: number;
    readonly lastLevel: number;
  };
  /** The compactor of vector output 0; numbers of words reach twice the lanes. */
  readonly compact: {
    readonly countRange: string;
    readonly countWidth: number;
    /** The number of lanes as a literal of that width. */
    readonly lanes: string;
    /** Of a lane: how many lanes it moves down, and of all lanes beside each other. */
    readonly wayWidth: number;
    readonly wayRange: string;
    readonly belowRange: string;
    /** Moves by 1, 2, 4, ... lanes: from what, to `packed<index>`. */
    readonly levels: readonly {
      readonly index: number;
      readonly shift: number;
      readonly words: string;
      readonly kept: string;
      /** The rest of the ways, of so many bits a lane. */
      readonly way: string;
      readonly times: string;
      /** What the next level still needs to know; none at the last. */
      readonly next: { readonly width: number; readonly range: string } | null;
    }[];
    /** What the last level gives. */
    readonly packed: string;
    readonly pairRange: string;
    readonly pairBits: number;
    readonly lowWords: string;
    readonly highWords: string;
  };
  /** Slices of a vector payload. */
  readonly inVector: { readonly data: string; readonly mask: string; readonly last: string };
  readonly countMsb: { readonly vector: number; readonly scalar: number; readonly output: number };
  /** Stages but the first, as a slice. */
  readonly laterStages: string;
  /** Not every value of the tap-in port names one. */
  readonly tapDefault: boolean;
  readonly wordBits: number;
  /** The functional unit of the combiner. */
  readonly lane: { readonly fu: string };
  readonly operands: readonly ('a' | 'b' | 'c')[];
}

export type RangeName =
  | 'cfg'
  | 'issueCfg'
  | 'inputsCfg'
  | 'stageCfg'
  | 'outputCfg'
  | 'lanes'
  | 'words'
  | 'tag'
  | 'counters'
  | 'values'
  | 'registers'
  | 'enter'
  | 'positions'
  | 'stages'
  | 'vectorIn'
  | 'vectorInData'
  | 'vectorInMask'
  | 'scalarIn'
  | 'scalarInData'
  | 'scalarInWords'
  | 'tokenIn'
  | 'vectorOut'
  | 'vectorOutData'
  | 'scalarOut'
  | 'scalarOutData'
  | 'tokenOut'
  | 'vector'
  | 'scalar'
  | 'entries'
  | 'entryOk'
  | 'entryIndex'
  | 'length'
  | 'live';
