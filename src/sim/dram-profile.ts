/**
 * The numbers of the memory outside the fabric. The golden machine and the RTL harness take them
 * from here; each has its own model of what they mean (HARDWARE.md section 9).
 */

export interface DramProfile {
  readonly name: string;
  /** Bytes a cycle are counted in `unit`-ths, so that odd rates stay exact. */
  readonly unit: number;
  /** Units that reads may take in a cycle on average. */
  readonly read: number;
  /** Units that reads and writes together may take in a cycle on average. */
  readonly total: number;
  /** Cycles from the handshake of a read's address to its first beat, at least. */
  readonly readLatency: number;
  /** Cycles from the last beat served of a write to its response. */
  readonly writeLatency: number;
}

/**
 * `pir2020`: fitted to the log of the 2020 regression, for comparison with it. `ddr3x4`: four
 * DDR3-1600 channels at 1 GHz (51.2 bytes a cycle). `ideal`: more than any number of ports can
 * take, for debugging.
 */
export const DRAM_PROFILES = {
  pir2020: { name: 'pir2020', unit: 1, read: 96, total: 120, readLatency: 24, writeLatency: 8 },
  ddr3x4: { name: 'ddr3x4', unit: 5, read: 256, total: 256, readLatency: 40, writeLatency: 20 },
  ideal: { name: 'ideal', unit: 1, read: 1 << 16, total: 1 << 16, readLatency: 1, writeLatency: 1 },
} as const satisfies Record<string, DramProfile>;

/** What a run uses unless told otherwise. */
export const DEFAULT_DRAM: keyof typeof DRAM_PROFILES = 'ddr3x4';
