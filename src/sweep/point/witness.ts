/** Who may answer a program, and what an answer is. */
import type { Answers } from '../../ir/evaluate.ts';

/** In the order of trust: each is compared with the one before it. */
export const WITNESSES = ['evaluator', 'golden', 'rtl', 'icarus'] as const;
export type Witness = (typeof WITNESSES)[number];

/** How a run on a machine, real or simulated, ended. */
export interface MachineRun {
  readonly status: 'done' | 'hang' | 'limit' | 'refused';
  /** From T0 to the cycle in which done registers, inclusive. */
  readonly cycles: number;
  /** Cycles to load the configuration, where it was loaded. */
  readonly configCycles?: number;
  /** Words of arrays and results, by name. */
  readonly answers: Answers;
  /** Sticky errors, the first first. */
  readonly errors: readonly FabricFault[];
  /** Something was left in the fabric at done. */
  readonly residue: boolean;
  /** When it did not end: what each waiting context waits for. */
  readonly waiting: readonly string[];
}

export interface FabricFault {
  /** As the ERROR register tells it (FORMAT.md). */
  readonly cause: number;
  readonly x: number;
  readonly y: number;
  readonly info: number;
}
