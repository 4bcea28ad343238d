/**
 * What every simulation of the RTL is given and answers, whatever simulates it. The bitstream lies in DRAM above the
 * program's image and is loaded by the hardware itself.
 */
import { DiagnosticError } from '../base/diagnostic.ts';
import { invariant } from '../base/invariant.ts';
import { loaderPart } from '../bitstream/format.ts';
import type { Fabric } from '../fabric/graph.ts';
import { DEFAULT_DRAM, DRAM_PROFILES, type DramProfile } from '../sim/dram-profile.ts';
import { noRoom } from './messages.ts';

export interface RunOptions {
  /** DRAM at the start; it stays as it is, the result has its own. */
  readonly image: Uint8Array;
  /** Argument registers, as 32-bit patterns. */
  readonly args?: ArrayLike<number>;
  readonly dram?: DramProfile;
  /** The run is stopped in this cycle, T0 being 1. */
  readonly maxCycles?: number;
  /** How often the run is started after one load, 1 by default, each time with DRAM as it was at first; the last one is told. */
  readonly starts?: number;
  readonly timeoutSeconds?: number;
  readonly onProgress?: (step: string) => void;
}

/** One bitstream of a run of several, with its argument registers where they are its own. */
export interface SectionRun {
  readonly kbit: Uint8Array;
  readonly args?: ArrayLike<number>;
}

/** A run as a host sets it up. */
export interface Job {
  readonly image: Uint8Array;
  /** What the loader reads, and the argument registers of the run, one bitstream after the other. */
  readonly sections: readonly { readonly bits: Uint8Array; readonly args: readonly number[] }[];
  /** Byte address of what the loader reads. */
  readonly address: number;
  readonly dram: DramProfile;
  readonly maxCycles: number;
  /** Looks at the status while it loads. */
  readonly loadPolls: number;
}

/** What the host port says went wrong first. */
export interface RtlError {
  /** As `FORMAT.md` numbers them. */
  readonly cause: number;
  readonly x: number;
  readonly y: number;
  readonly info: number;
}

export interface RtlRun {
  /** `refused`: the loader did not take the bitstream. `limit`: stopped at `maxCycles`. */
  readonly status: 'done' | 'hang' | 'limit' | 'refused';
  /** From T0 to the cycle in which done (or hang) is first visible, inclusive. */
  readonly cycles: number;
  /** From the request to load until loaded. */
  readonly configCycles: number;
  /** Result registers, as signed 32-bit patterns. */
  readonly results: Int32Array;
  /** DRAM at the end, as long as the image. */
  readonly image: Uint8Array;
  /** At most one: the host port keeps the first. */
  readonly errors: readonly RtlError[];
  /** Done, but something was left inside. */
  readonly residue: boolean;
  /** Beats the DRAM served in the run, and before it for the loader. */
  readonly beats: { readonly reads: number; readonly writes: number };
  /** The first byte address beyond the image that was asked for. */
  readonly outOfRange: number | undefined;
  readonly seconds: { readonly build: number; readonly run: number };
}

/** What a harness says of a run, apart from the memory. */
export interface Answer {
  readonly status: RtlRun['status'];
  readonly cycles: number;
  /** The hardware's own count. */
  readonly counted: number;
  readonly configCycles: number;
  readonly residue: boolean;
  readonly error?: RtlError;
  readonly reads: number;
  readonly writes: number;
  readonly outOfRange?: number;
  readonly results: readonly number[];
}

/** The page size that no burst crosses; the bitstream begins at one. */
const PAGE_BYTES = 4096;
/** Looks at the status, a few cycles each: far more than the largest bitstream takes through the narrowest memory. */
const LOAD_POLLS = 3_000_000;

/** Throws E0870 when image and bitstream lie beyond the architecture's addresses. */
export function jobOf({ arch }: Fabric, sections: readonly SectionRun[], options: RunOptions): Job {
  const { image, dram = DRAM_PROFILES[DEFAULT_DRAM], maxCycles = Number.MAX_SAFE_INTEGER } = options;
  const address = Math.ceil(image.length / PAGE_BYTES) * PAGE_BYTES;
  const loads = sections.map(({ kbit, args: given = options.args ?? [] }) => {
    const bits = loaderPart(kbit);
    if (address + bits.length > 2 ** arch.memory.addressBits)
      throw new DiagnosticError(noRoom(arch.memory.addressBits, image.length, bits.length));
    const args = Array.from(given, (value) => value >>> 0);
    invariant(args.length <= arch.host.args, () => `${args.length} arguments for ${arch.host.args} registers`);
    return { bits, args };
  });
  return { image, sections: loads, address, dram, maxCycles: Math.min(maxCycles, Number.MAX_SAFE_INTEGER), loadPolls: LOAD_POLLS };
}

/** The run that a harness tells of. */
export function outcomeOf(answer: Answer): Omit<RtlRun, 'image' | 'seconds'> {
  const { status, cycles, counted, configCycles, residue, error, reads, writes, outOfRange, results } = answer;
  invariant(status !== 'done' || counted === cycles, () => `the host port counted ${counted} cycles, the harness ${cycles}`);
  return {
    status,
    cycles,
    configCycles,
    results: Int32Array.from(results, (word) => word | 0),
    errors: error ? [error] : [],
    residue,
    beats: { reads, writes },
    outOfRange,
  };
}
