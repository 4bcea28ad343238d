/** Every wording about running a program, by code: E07xx. */
import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../../base/diagnostic.ts';
import { plural } from '../../base/text.ts';
import type { FewerCopies } from '../../ir/copies.ts';
import type { Source } from '../../ir/loops.ts';
import type { FabricFault, Witness } from './witness.ts';

export const memoryTooSmall = (bytes: number, addressBits: number): Diagnostic =>
  errorDiagnostic('E0701', `arrays and bitstream take ${bytes} bytes, \`memory.addressBits\` is ${addressBits}`, {
    help: `use smaller arrays, or \`--set memory.addressBits=${Math.ceil(Math.log2(bytes))}\``,
  });

/** The last misfit, with the change of architecture that makes room for all of them. */
export const fitsWith = (last: Diagnostic, change: readonly string[]): Diagnostic => ({
  ...last,
  notes: [
    ...last.notes,
    `the program fits, placed and routed, with \`${change.join(' ')}\`, and with no smaller change of ${change.length > 1 ? 'any of these' : 'it'}`,
  ],
});

/** `why`: what did not fit with all copies. */
export const copiesLowered = ({ loop, asked, got, source }: FewerCopies, why: Diagnostic): Diagnostic =>
  warningDiagnostic('W0701', `loop \`${loop}\` runs in ${got === 1 ? 'one copy' : `${got} copies`}, not in ${asked}`, {
    ...(source && { span: { ...source, length: 1 } }),
    ...becauseOf(asked, why),
  });

/** The same of a parameter that is a number of copies. */
export const copiesParamLowered = (name: string, asked: number, got: number, why: Diagnostic): Diagnostic =>
  warningDiagnostic('W0701', `parameter \`${name}\` is ${got}, not ${asked}`, becauseOf(asked, why));

/** The same of lanes, which the architecture sets. */
export const lanesLowered = ({ loop, asked, got, source }: FewerCopies, arch: string): Diagnostic =>
  warningDiagnostic('W0701', `loop \`${loop}\` runs in ${plural(got, 'lane')}, not in ${asked}`, {
    ...(source && { span: { ...source, length: 1 } }),
    ...fewLanes(got, arch),
  });

export const lanesParamLowered = (name: string, asked: number, got: number, arch: string): Diagnostic =>
  warningDiagnostic('W0701', `parameter \`${name}\` is ${got}, not ${asked}`, fewLanes(got, arch));

const fewLanes = (lanes: number, arch: string) => ({
  notes: [`\`${arch}\` has ${plural(lanes, 'lane')}`],
  help: 'with `--exact` it is an error',
});

const becauseOf = (asked: number, why: Diagnostic) => ({
  notes: [`with ${asked} copies: ${why.message}`],
  help: 'with `--exact` it is an error, which tells the smallest architecture for all copies',
});

/** `why`: what did not fit in one configuration, in one copy of everything; `bytes`: what they leave for each other. */
export const runsInSections = (count: number, bytes: number, why: Diagnostic): Diagnostic =>
  warningDiagnostic('W0702', `the program runs in ${count} configurations, one after the other, each in one copy`, {
    notes: [`in one configuration, in one copy: ${why.message}`, `they leave ${bytes} bytes in DRAM for each other`],
    help: 'with `--exact` it is an error, which tells the smallest architecture for one configuration',
  });

/** A file of sections of a program that has changed since. */
export const otherSections = (program: string, section: number): Diagnostic =>
  errorDiagnostic('E0720', `program \`${program}\` cannot be cut where section ${section} of the bitstream ends`, {
    help: 'the program has changed since it was compiled: compile it again',
  });

export const unknownInput = (name: string, known: readonly string[], near: string | undefined): Diagnostic =>
  errorDiagnostic('E0702', `the program has no input array \`${name}\``, {
    help: near === undefined ? `it reads: ${known.join(', ') || 'nothing'}` : `did you mean \`${near}\`?`,
  });

export const wrongShape = (name: string, file: string, held: readonly number[], needed: readonly number[]): Diagnostic =>
  errorDiagnostic('E0703', `\`${file}\` has shape (${held.join(', ')}), input \`${name}\` has (${needed.join(', ')})`, {
    help: 'choose the parameters that fit the array, with `--param NAME=VALUE`',
  });

export const wrongElement = (name: string, file: string, held: string, needed: string): Diagnostic =>
  errorDiagnostic('E0704', `\`${file}\` holds \`${held}\`, input \`${name}\` takes \`${needed}\``, {
    help: `store \`array.astype('${needed}')\``,
  });

export const unknownArgument = (name: string, known: readonly string[], near: string | undefined): Diagnostic =>
  errorDiagnostic('E0705', `the program has no argument \`${name}\``, {
    help: near === undefined ? `its arguments: ${known.join(', ') || 'none'}` : `did you mean \`${near}\`?`,
  });

/** `held` and `wanted` in the same words: `Int32Array of 16 words`. */
export const wrongData = (program: string, name: string, wanted: string, held: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0706', `\`data\` of program \`${program}\` gives ${held} for input \`${name}\`, which takes ${wanted}`, {
    ...(source && { span: { ...source, length: 1 } }),
    help: 'give `data` the sizes of the parameters; i32 arrays are Int32Array, f32 arrays Float32Array',
  });

export const wrongArgument = (name: string, value: unknown, type: string): Diagnostic =>
  errorDiagnostic('E0707', `argument \`${name}\` is ${String(value)}, which is no ${type}`, {
    help: type === 'i32' ? 'give a whole number from -2^31 to 2^32 - 1' : 'give a number',
  });

/** What the reference lacks or has too much: `missing` and `unknown` are names. */
export const wrongReference = (program: string, missing: readonly string[], unknown: readonly string[]): Diagnostic =>
  errorDiagnostic('E0708', `\`reference\` of program \`${program}\` and its outputs do not belong together`, {
    notes: [
      ...(missing.length > 0 ? [`it gives nothing, or another number of elements, for: ${missing.join(', ')}`] : []),
      ...(unknown.length > 0 ? [`the program has no: ${unknown.join(', ')}`] : []),
    ],
    help: 'return `{ outputs: { y: … }, results: { s: … } }` with every output array and result',
  });

/** An element as people see it: its number and its bits. */
export interface ShownElement {
  readonly value: number;
  readonly bits: number;
}

const shown = ({ value, bits }: ShownElement): string => `${value} (0x${bits.toString(16).padStart(8, '0')})`;

export const answersDiffer = (
  pair: readonly [Witness, Witness],
  place: string,
  values: readonly [ShownElement, ShownElement],
  count: number,
): Diagnostic =>
  errorDiagnostic(
    'E0710',
    `${pair[0]} and ${pair[1]} differ: ${count} element${count === 1 ? '' : 's'} of \`${place.replace(/\[.*/, '')}\``,
    {
      notes: [`the first is \`${place}\`: ${pair[0]} ${shown(values[0])}, ${pair[1]} ${shown(values[1])}`],
      help:
        pair[0] === 'evaluator'
          ? 'the compiler and the machine disagree about the program: this is a bug in kiln'
          : 'the simulators disagree about the bitstream: this is a bug in kiln',
    },
  );

export const referenceDiffers = (witness: Witness, place: string, got: number, expected: number, count: number): Diagnostic =>
  errorDiagnostic('E0711', `${witness} and the program's reference differ: ${count} element${count === 1 ? '' : 's'}`, {
    notes: [`the first is \`${place}\`: ${witness} ${got}, reference ${expected}`],
    help: 'the program and its reference compute different things, or the tolerance is too narrow for its floating point',
  });

export const cyclesDiffer = (golden: number, rtl: number): Diagnostic =>
  errorDiagnostic('E0712', `the golden simulator takes ${golden} cycles, the RTL ${rtl}`, {
    help: 'they must agree in every cycle: this is a bug in kiln',
  });

export const hung = (witness: Witness, cycles: number, waiting: readonly string[]): Diagnostic =>
  errorDiagnostic('E0713', `the run on ${witness} hangs: nothing has moved, stopped in cycle ${cycles}`, {
    notes: [...waiting.slice(0, 12), ...(waiting.length > 12 ? [`and ${waiting.length - 12} more wait`] : [])],
  });

export const outOfCycles = (witness: Witness, cycles: number, waiting: readonly string[]): Diagnostic =>
  errorDiagnostic('E0714', `the run on ${witness} was not done after ${cycles} cycles`, {
    notes: waiting.slice(0, 4),
    help: 'raise `--max-cycles`',
  });

const causes: Readonly<Record<number, string>> = {
  1: 'the loader did not find a bitstream of this version',
  2: 'the bitstream is for another architecture',
  3: 'the header of the bitstream is damaged',
  4: 'a frame of the bitstream is damaged',
  5: 'a frame is for no tile here',
  6: 'the bitstream is cut short',
  7: 'a configuration was loaded into a running fabric',
  8: 'the run was started without a configuration',
  9: 'the memory answered with an error',
  16: 'a memory unit was accessed beyond its words',
  17: 'more tokens waited than a counter holds',
  18: 'two stages wanted the tap bus in one cycle',
};

export const fabricFault = (witness: Witness, { cause, x, y, info }: FabricFault): Diagnostic =>
  errorDiagnostic('E0715', `the run on ${witness} reports an error at tile ${x},${y}: ${causes[cause] ?? `cause ${cause}`}`, {
    notes: [`cause ${cause}, information 0x${(info >>> 0).toString(16)} (${info | 0})`],
  });

export const residueLeft = (witness: Witness): Diagnostic =>
  errorDiagnostic('E0716', `the run on ${witness} is done, but data is left in the fabric`, {
    help: 'some unit sent more than its receiver takes: this is a bug in the compiler',
  });

export const noReference = (name: string): Diagnostic =>
  errorDiagnostic('E0717', `the bitstream's program \`${name}\` is not known here, so its answer has no reference`, {
    help: 'name the program itself in place of its bitstream',
  });

export const readUnwritten = (
  program: string,
  { x, y, address, cycle }: { x: number; y: number; address: number; cycle: number },
): Diagnostic =>
  errorDiagnostic('E0718', `\`${program}\` reads a scratchpad word that nothing wrote: word ${address} of the memory unit at ${x},${y}`, {
    notes: [`first in cycle ${cycle}; other words of the unit may follow`],
    help: 'a bitstream written by hand must write what it reads; of a compiled program this is a bug in the compiler',
  });

/** `place`: the unit and its port; `notes`: what either shows there. */
export const runsPart = (cycle: number, place: string, notes: readonly string[]): Diagnostic =>
  errorDiagnostic('E0719', `golden simulator and RTL part in cycle ${cycle}, at ${place}`, {
    notes: [...notes],
    help: 'up to there everything that moves between units is equal, so the fault is in that unit, in one of the two',
  });

export const runsDoNotPart = (cycles: number): Diagnostic =>
  errorDiagnostic('E0719', `everything that moves between units is equal in golden simulator and RTL, up to cycle ${cycles}`, {
    help: 'what differs is the memory behind the ports, the host port, or the end of the run itself',
  });
