/** What a cell costs where no Liberty file says so: transistors in static CMOS, as Yosys counts them. */

const GATES: Readonly<Record<string, number>> = {
  NOT: 2,
  BUF: 4,
  NAND: 4,
  NOR: 4,
  AND: 6,
  OR: 6,
  ANDNOT: 6,
  ORNOT: 6,
  AOI3: 6,
  OAI3: 6,
  AOI4: 8,
  OAI4: 8,
  NMUX: 10,
  MUX: 12,
  XOR: 12,
  XNOR: 12,
};
const FLIP_FLOP = 16;
/** An enable is a multiplexer in front; clock gates would cost less. A standard cell with an enable is as much larger. */
const ENABLE = 12;
const RESET = 6;

/** A bit of a small memory of many ports: a latch and its part of the reading multiplexer. */
export const SMALL_MEMORY_BIT = 12;
/** A bit of a scratchpad bank with a read and a write port, without what surrounds the array. */
export const SCRATCHPAD_BIT = 8;

const FLIP_FLOPS = /^\$_(S?DFF\w*?)_/;

/** Whether the type is a flip-flop of Yosys's own library. */
export function isFlipFlop(type: string): boolean {
  return FLIP_FLOPS.test(type);
}

/** Transistors of a cell of Yosys's own library; undefined for anything else. */
export function transistorsOf(type: string): number | undefined {
  const flop = FLIP_FLOPS.exec(type)?.[1];
  if (flop !== undefined)
    return FLIP_FLOP + (flop.endsWith('E') ? ENABLE : 0) + (/^(SDFF|DFF\w*S?R)/.test(flop) || resets(type) ? RESET : 0);
  const gate = /^\$_(\w+?)_$/.exec(type)?.[1];
  return gate === undefined ? undefined : GATES[gate];
}

/** `$_DFF_PP0_` has polarity of clock and reset and the value: three letters where a plain one has one. */
function resets(type: string): boolean {
  return /^\$_DFFE?_[NP]{2}[01]/.test(type);
}
