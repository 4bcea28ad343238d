/** What a point comes to, as one plain object: `kiln run --json` prints it, and the text report reads it. */
import { hash64 } from '../../base/hash.ts';
import type { Certificate } from '../../compiler/certificate/certificate.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { countWork } from '../../ir/count.ts';
import type { Answers } from '../../ir/evaluate.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import { floatOf } from '../../ops/eval.ts';
import type { DramProfile } from '../../sim/dram-profile.ts';
import { DOING_NAMES } from '../../sim/observe.ts';
import type { ContextStats } from '../../sim/stats.ts';
import type { Point } from './point.ts';
import { WITNESSES } from './witness.ts';

/** Cycles of the contexts of a kind of unit, by what they did: sums over the contexts that issued at all. */
export type Activity = Readonly<Record<(typeof DOING_NAMES)[number], number>>;

export interface OutputReport {
  readonly type: string;
  /** Empty for a result. */
  readonly shape: readonly number[];
  /** A result's value, or an array's first elements. */
  readonly value: number | readonly number[];
  /** FNV-1a of the array's bytes. */
  readonly hash?: string;
  /** Where the array was written. */
  file?: string;
}

export interface PointReport {
  readonly program: string;
  readonly arch: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly match: boolean;
  /** The witnesses compared, the reference first. */
  readonly checked: readonly string[];
  readonly problems: readonly string[];
  readonly cycles: Readonly<Record<'golden' | 'rtl' | 'icarus' | 'config', number | null>>;
  readonly bound: { readonly cycles: number; readonly binding: Certificate['binding'] };
  readonly certificate: Certificate;
  /** Shares from 0 to 1. */
  readonly utilisation: { readonly fu: number | null; readonly kernel: number | null; readonly dram: number | null };
  /** The most that any configuration uses. */
  readonly units: Readonly<Record<'pcu' | 'pmu' | 'ag', number>>;
  /** Of each of the configurations that run one after the other: cycles on golden simulator and RTL, and its units. */
  readonly sections: readonly {
    readonly golden: number | null;
    readonly rtl: number | null;
    readonly units: Readonly<Record<'pcu' | 'pmu' | 'ag', number>>;
  }[];
  /** Where the cycles of used contexts went, from the golden run. */
  readonly activity: Readonly<Record<string, Activity>> | null;
  readonly dram: { readonly profile: string; readonly readBytes: number | null; readonly writeBytes: number | null };
  readonly bitstreamBytes: number;
  readonly seconds: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, OutputReport>>;
}

const BEAT_BYTES = 64;

export function reportOf(fabric: Fabric, point: Point, profile: DramProfile, seconds: Readonly<Record<string, number>>): PointReport {
  const { built, golden, rtl, icarus, certificate, answers, problems } = point;
  const bytes = golden && { read: BEAT_BYTES * golden.beats.reads, write: BEAT_BYTES * golden.beats.writes };
  const last = WITNESSES.filter((witness) => answers.has(witness)).at(-1);
  // Lanes and stages that compute what nobody asked for do not count.
  const needed = golden ? Math.min(1, countWork(built.loops).operations / Math.max(1, golden.stats.operations)) : 1;
  return {
    program: built.program.name,
    arch: fabric.arch.name,
    params: built.params,
    match: problems.length === 0 && answers.size > 0,
    checked: ['reference', ...answers.keys()],
    problems: problems.map(({ code, message }) => `${code}: ${message}`),
    cycles: {
      golden: golden?.cycles ?? null,
      rtl: rtl?.cycles ?? null,
      icarus: icarus?.cycles ?? null,
      config: (rtl ?? icarus)?.configCycles ?? null,
    },
    bound: { cycles: certificate.cycles, binding: certificate.binding },
    certificate,
    utilisation: {
      fu: golden ? needed * golden.stats.utilisation : null,
      kernel: golden ? needed * golden.stats.kernelUtilisation : null,
      dram: golden && bytes ? ((bytes.read + bytes.write) * profile.unit) / (profile.total * golden.cycles) : null,
    },
    units: built.units,
    sections: built.sections.map((section, i) => ({
      golden: point.sections.golden[i]?.cycles ?? null,
      rtl: point.sections.rtl[i]?.cycles ?? null,
      units: section.units,
    })),
    activity: golden ? activityOf(golden.stats.contexts) : null,
    dram: { profile: profile.name, readBytes: bytes?.read ?? null, writeBytes: bytes?.write ?? null },
    bitstreamBytes: built.kbit.length,
    seconds: {
      ...seconds,
      ...(rtl ? { 'rtl build': rtl.seconds.build, 'rtl run': rtl.seconds.run } : {}),
      ...(icarus ? { 'icarus build': icarus.seconds.build, 'icarus run': icarus.seconds.run } : {}),
    },
    outputs: last === undefined ? {} : outputsOf(built.loops, answers.get(last) as Answers),
  };
}

function activityOf(contexts: readonly ContextStats[]): Record<string, Activity> {
  const sums: Record<string, Record<(typeof DOING_NAMES)[number], number>> = {};
  for (const { kind, issues, cycles } of contexts) {
    if (issues === 0) continue;
    sums[kind] ??= Object.fromEntries(DOING_NAMES.map((name) => [name, 0])) as Record<(typeof DOING_NAMES)[number], number>;
    for (const name of DOING_NAMES) sums[kind][name] += cycles[name];
  }
  return sums;
}

/** Elements of an array that a report shows. */
const SHOWN = 8;

function outputsOf(program: LoopProgram, answers: Answers): Record<string, OutputReport> {
  const number = (bits: number, type: string) => (type === 'f32' ? floatOf(bits) : bits | 0);
  const arrays = program.dram.flatMap(({ name, type, shape }): [string, OutputReport][] => {
    const words = answers.outputs.get(name);
    if (!words) return [];
    const hash = hash64(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    return [[name, { type, shape, value: Array.from(words.subarray(0, SHOWN), (bits) => number(bits, type)), hash }]];
  });
  const results = program.results.map(({ name, type }): [string, OutputReport] => [
    name,
    { type, shape: [], value: number(answers.results.get(name) ?? 0, type) },
  ]);
  return Object.fromEntries([...arrays, ...results]);
}
