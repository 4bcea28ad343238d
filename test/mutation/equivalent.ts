/**
 * Mutants that no recording can betray, because they are no other hardware: with the reason. A test holds the table
 * against the generated text, so that no entry outlives what it speaks of.
 */
export interface Equivalent {
  readonly module: string;
  /** The line of the generated text. */
  readonly line: string;
  /** What is done to it, as the report prints it. */
  readonly what: string;
  /** Where in the line, if it can be done at several places. */
  readonly column?: number;
  readonly why: string;
}

/** Defaults and conditions that save evaluation only. */
const IDLE = 'what it guards has no effect then: every use of it is guarded again';
const STILL = 'the configuration is still from clear_i on, so that copying it again changes nothing';

export const EQUIVALENT: readonly Equivalent[] = [
  { module: 'kiln_chain', line: "next    = '0;", what: "'0 to '1", why: 'read only where it has been assigned' },
  { module: 'kiln_chain', line: "last_d  = 1'b0;", what: "1'b0 to 1'b1", why: 'of a counter not in use, which is last anyway' },
  {
    module: 'kiln_chain',
    line: "dynamic_q <= (ScalarIn > 0) && count_cfg > 4'(c)",
    what: '> to >=',
    column: 14,
    why: 'a parameter: the chain has scalar inputs here, and without any the field of the bound is not set',
  },
  {
    module: 'kiln_chain',
    line: "dynamic_q <= (ScalarIn > 0) && count_cfg > 4'(c)",
    what: '0 to 1',
    column: 25,
    why: 'a parameter: the chain has more than one scalar input here',
  },
  { module: 'kiln_chain', line: 'if (clear_i) begin', what: 'condition always 1', column: 4, why: STILL },
  {
    module: 'kiln_chain',
    line: "above = '0;",
    what: "'0 to '1",
    why: 'overwritten for a chain that runs; for the others all outputs are 0',
  },
  { module: 'kiln_chain', line: 'if (run) begin', what: 'condition always 1', column: 4, why: IDLE },
  { module: 'kiln_chain', line: 'if (issue) begin', what: 'condition always 1', column: 4, why: IDLE },
  {
    module: 'kiln_affine',
    line: 'end else if (step_i[c] || wrap_i[c]) begin',
    what: 'condition always 1',
    column: 13,
    why: 'without a step or a wrap the next offset is the offset',
  },
  { module: 'kiln_affine', line: 'if (moves) begin', what: 'condition always 1', column: 4, why: IDLE },
];
