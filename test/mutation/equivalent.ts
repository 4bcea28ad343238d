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
  {
    module: 'kiln_host',
    line: '.push_i  (sin_valid_i[1] && sin_ready_o[1]),',
    what: '1 to 0',
    column: 40,
    why: 'a result is popped in the cycle after it came: its queue is never full, and all are always ready',
  },
  {
    module: 'kiln_ag_pack',
    line: "assign real_words = (left < 24'd4) ? left[5:0] : 6'd4;",
    what: "24'd4 to 24'd5",
    why: 'four left are four',
  },
  {
    module: 'kiln_ag_pack',
    line: "assign emit      = (full || (closing_q && count_q != 6'd0)) && w_room && aw_room;",
    what: "6'd0 to 6'd63",
    why: 'a closing buffer holds between 1 and 19 slots',
  },
  {
    module: 'kiln_ag_pack',
    line: 'end else if (emit) begin',
    what: 'condition always 1',
    column: 13,
    why: 'without a beat that leaves, everything is assigned what it holds',
  },
  {
    module: 'kiln_ram_1r1w',
    line: 'if (read_i) begin',
    what: 'condition always 1',
    why: 'the memory unit takes a word in the cycle after its read, and looks at no other time',
  },
  { module: 'kiln_pmu_lanes', line: "address           = '0;", what: "'0 to '1", why: 'assigned before it is read' },
  { module: 'kiln_pmu_lanes', line: "outside_address_o = '0;", what: "'0 to '1", why: 'looked at only with `outside_o`' },
  { module: 'kiln_pmu_lanes', line: "row_o[i*4 +: 4] = 4'(address >>> 2);", what: '>>> to >>', why: 'the bits kept lie below the sign' },
  {
    module: 'kiln_pmu_lanes',
    line: "if ((address >>> 6) == 24'sd0) begin",
    what: '>>> to >>',
    why: 'either is 0 only where no upper bit is set',
  },
  {
    module: 'kiln_pmu_oldest',
    line: "if (request_i != '0) begin",
    what: 'condition always 1',
    why: 'without a request nothing is granted anyway',
  },
  { module: 'kiln_pmu_oldest', line: 'older_q[i*Count+j] <= i < j;', what: '< to <=', why: 'a context is not compared with itself' },
  {
    module: 'kiln_pmu_context',
    line: "end else if (issue_i && turn && count_q > 8'd1) begin",
    what: '> to >=',
    why: 'with one region the pointer is at its end, and both go to the 0 that they are',
  },
  {
    module: 'kiln_pmu_tokens',
    line: "output_mine  = '0;",
    what: "'0 to '1",
    why: 'all bits are assigned while clear_i is high, and nobody looks at another time',
  },
  {
    module: 'kiln_fifo',
    line: 'if (to_rest) begin',
    what: 'condition always 1',
    column: 4,
    why: 'the slot that is written next is free: `rest` holds one entry less than it has slots',
  },
  {
    module: 'kiln_token_in',
    line: "end else if (gain_i != '0 || take_i) begin",
    what: 'condition always 1',
    column: 13,
    why: 'nothing gained and nothing taken leaves the count',
  },
  {
    module: 'kiln_token_out',
    line: "end else if (push_i != '0 || pop_i) begin",
    what: 'condition always 1',
    column: 13,
    why: 'nothing pushed and nothing popped leaves the count',
  },
  { module: 'kiln_pcu_issue', line: 'if (clear_i) begin', what: 'condition always 1', column: 4, why: STILL },
  { module: 'kiln_pcu_pick', line: 'if (clear_i) begin', what: 'condition always 1', column: 4, why: STILL },
  { module: 'kiln_pcu', line: 'if (clear_i) begin', what: 'condition always 1', column: 4, why: STILL },
];
