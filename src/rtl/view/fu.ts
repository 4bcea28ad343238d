/**
 * The view of the functional-unit array of one pipeline stage: `kiln_fu` and its parts. All
 * counting (register names, widths, who delays whom) happens here, so that templates only print.
 */
import { SEEDS } from '../../ops/seeds.ts';
import { type LatencyClass, OP_NAMES, OPS, type Op } from '../../ops/table.ts';

export interface FuParams {
  readonly lanes: number;
  /** Whether the float operations exist. */
  readonly float: boolean;
  /** Cycles of each latency class, 1..6. */
  readonly latency: { readonly simple: number; readonly multiply: number; readonly float: number };
}

/** An operation as a template prints it. */
export interface OpView {
  readonly name: Op;
  /** The localparam that holds its code, e.g. `OpFma`. */
  readonly id: string;
  readonly code: number;
  readonly class: LatencyClass;
}

/** One register that copies another: `q <= d`. */
export interface CopyView {
  readonly q: string;
  readonly d: string;
  /** The valid bits that gate the copy, indexed by lane. */
  readonly valid: string;
}

/** The pipeline of one latency class. */
export interface ClassView {
  readonly latency: number;
  readonly ops: readonly OpView[];
  /** The shift register of valid bits, one for each step after the first. */
  readonly valids: readonly { readonly q: string; readonly d: string }[];
  /** The valid bits that gate the step that computes the result. */
  readonly resultValid: string;
  /** The register that first holds the result. */
  readonly first: string;
  /** The registers that only delay it. */
  readonly delays: readonly CopyView[];
  /** The register that leaves the class. */
  readonly last: string;
}

/** One step of counting leading zeros: if the top `width` bits are 0, the count has `bit` set. */
export interface HalfView {
  readonly bit: number;
  readonly width: number;
  /** The bits looked at, and the top bit of the others. */
  readonly msb: number;
  readonly lsb: number;
  readonly rest: number;
}

export interface FuView {
  /** What the design was generated from, for the banner. */
  readonly banner: string;
  /** Name of the top module and prefix of the others. */
  readonly module: string;
  readonly lanes: number;
  /** Top bits of vectors over all lanes: a bit, a word, a double word a lane. */
  readonly msb: { readonly bits: number; readonly words: number; readonly doubles: number };
  readonly float: boolean;
  readonly latency: FuParams['latency'];
  readonly ops: readonly OpView[];
  readonly classes: Readonly<Record<LatencyClass, ClassView>>;
  /** Which forms of the shared product are read: in the same cycle, and from its register. */
  readonly product: { readonly now: boolean; readonly register: boolean };
  /** Which multi-cycle steps end in a register; otherwise they join the next step. */
  readonly register: {
    readonly addend: boolean;
    readonly unpack: boolean;
    readonly add: boolean;
    readonly normalise: boolean;
  };
  /** The counts of leading zeros: of a mantissa, of the sum, and of the numbers of pairs. */
  readonly zeros: { readonly mantissa: readonly HalfView[]; readonly sum: readonly HalfView[]; readonly half: readonly HalfView[] };
  /** The opcodes that a part tells apart, where that is not simply a class. */
  readonly uses: Readonly<Record<keyof typeof USES, readonly OpView[]>>;
  /** The memories of the seeds, last entry first, in words of 256 bits. */
  readonly seeds: { readonly reciprocal: readonly string[]; readonly rootReciprocal: readonly string[] };
  /** The valid bits behind the first register of a pair of bf16. */
  readonly pair: { readonly valids: ClassView['valids'] };
  /** Whether any class takes more than a cycle, so that there is control state to reset. */
  readonly pipelined: boolean;
}

/** What the parts do with an operation, beyond choosing its class. */
const USES = {
  product: ['mulhu', 'idot4', 'fadd', 'fsub', 'fmul', 'fma', 'fscale', 'i2f', 'u2f', 'f2i', 'f2u', 'bmul', 'bdot2'],
  unpack: ['fadd', 'fsub', 'fmul', 'fma', 'fscale', 'i2f', 'u2f', 'f2i', 'f2u', 'badd', 'bmul', 'bdot2'],
  pair: ['bmul'],
} as const satisfies Record<string, readonly Op[]>;

/** Steps that the float datapath can be cut into; more latency only delays the result. */
const FLOAT_STEPS = 4;

/**
 * The view for `params`; `banner` names what the design is generated from. Units of another number
 * of lanes in the same design need a `module` name of their own.
 */
export function fuView(params: FuParams, banner = 'an architecture', module = 'kiln_fu'): FuView {
  const { lanes, float, latency } = params;
  const ops = OP_NAMES.filter((name) => float || !OPS[name].float).map(opView);
  const cycles = [latency.simple, latency.multiply, ...(float ? [latency.float] : [])];
  for (const count of [lanes, ...cycles]) {
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(`a functional unit cannot have ${count} lanes or cycles`);
    }
  }
  const used = (part: keyof typeof USES) => ops.filter(({ name }) => (USES[part] as readonly Op[]).includes(name));
  const floatClass = classView('float', ops, latency.float, Math.min(latency.float, FLOAT_STEPS));
  return {
    banner,
    module,
    lanes,
    msb: { bits: lanes - 1, words: 32 * lanes - 1, doubles: 64 * lanes - 1 },
    float,
    latency,
    ops,
    classes: {
      simple: classView('simple', ops, latency.simple, 1),
      multiply: classView('multiply', ops, latency.multiply, Math.min(latency.multiply, 2)),
      float: floatClass,
    },
    product: {
      now: latency.multiply === 1 || (float && latency.float === 1),
      register: latency.multiply > 1 || (float && latency.float > 1),
    },
    register: {
      addend: latency.multiply > 1,
      unpack: latency.float > 1,
      add: latency.float > 2,
      normalise: latency.float > 3,
    },
    zeros: { mantissa: halves(24), sum: halves(64), half: halves(16) },
    uses: { product: used('product'), unpack: used('unpack'), pair: used('pair') },
    seeds: { reciprocal: wordsOf(SEEDS.reciprocal), rootReciprocal: wordsOf(SEEDS.rootReciprocal) },
    pair: { valids: floatClass.valids.slice(0, Math.max(0, Math.min(latency.float, FLOAT_STEPS) - 2)) },
    pipelined: cycles.some((count) => count > 1),
  };
}

/** The templates that make up a functional unit for `view`, and the module (and file) each prints. */
export function fuTemplates(view: FuView): readonly { module: string; template: string }[] {
  const parts = ['simple', 'product', 'multiply', ...(view.float ? ['unpack', 'pair', 'float'] : [])];
  return [
    { module: view.module, template: 'unit/fu.sv.njk' },
    ...parts.map((part) => ({ module: `${view.module}_${part}`, template: `unit/fu_${part}.sv.njk` })),
  ];
}

/** The bytes of a memory as the parts of a concatenation, byte 0 in the lowest bits. */
function wordsOf(bytes: Uint8Array): string[] {
  const digits = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  return [0, 32, 64, 96].map((at) => digits.slice(at, at + 32).join(''));
}

function opView(name: Op): OpView {
  const id = `Op${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return { name, id, code: OPS[name].code, class: OPS[name].latency };
}

/** The steps, widest first, that leave only the last bit of the count of zeros in `width` bits. */
function halves(width: number): HalfView[] {
  const steps: HalfView[] = [];
  for (let bit = Math.ceil(Math.log2(width)) - 1; bit > 0; bit--) {
    const half = 2 ** bit;
    steps.push({ bit, width: half, msb: width - 1, lsb: width - half, rest: width - half - 1 });
  }
  return steps;
}

/** A class of `latency` cycles whose result is computed in cycle `step` and then delayed. */
function classView(name: LatencyClass, ops: readonly OpView[], latency: number, step: number): ClassView {
  const valid = (after: number) => (after === 0 ? 'valid_i' : `valid${after}_q`);
  const result = (cycle: number) => `result${cycle}_q`;
  const upTo = (from: number) => Array.from({ length: Math.max(0, latency - from) }, (_, i) => from + i);
  return {
    latency,
    ops: ops.filter((op) => op.class === name),
    valids: upTo(1).map((cycle) => ({ q: valid(cycle), d: valid(cycle - 1) })),
    resultValid: valid(step - 1),
    first: result(step),
    delays: upTo(step).map((cycle) => ({ q: result(cycle + 1), d: result(cycle), valid: valid(cycle) })),
    last: result(latency),
  };
}
