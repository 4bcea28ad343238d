/** A program and an architecture to a bitstream, or a bitstream back to the program it came from. */
import { type Diagnostic, DiagnosticError } from '../../base/diagnostic.ts';
import { encode } from '../../bitstream/encode.ts';
import type { KbitInterface } from '../../bitstream/format.ts';
import { decodeSections, joinSections, sectionsOf } from '../../bitstream/sections.ts';
import { type Certificate, certificateOf, inSequence } from '../../compiler/certificate/certificate.ts';
import type { UnitName } from '../../compiler/certificate/contexts.ts';
import { type Compiled, type CompileOptions, compile, mapProgram } from '../../compiler/compile.ts';
import type { AgConfig, PcuConfig, PmuConfig, TileConfig } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { Program } from '../../frontend/program.ts';
import { withCopiesAtMost, withLanesAtMost } from '../../ir/copies.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import { printLoops } from '../../ir/loops-print.ts';
import type { DramProfile } from '../../sim/dram-profile.ts';
import { explainMisfit } from './fit.ts';
import { type Choice, choicesOf, shortlist } from './free.ts';
import { inLanesOf } from './lanes.ts';
import { measuredCycles } from './measure.ts';
import { runsInSections } from './messages.ts';
import { hostOf, type Section } from './sections.ts';
import { beforeCuts, compileSequence, cutsBySteps, type Sequence } from './sequence.ts';
import { choosingTarget, targetOf } from './target.ts';
import { compileFewer, withParamsAtMost } from './unrolling.ts';

/** A bitstream with all that is known about it. */
export interface Built {
  readonly program: Program;
  readonly params: Readonly<Record<string, number | string>>;
  /** What the host gives and gets; of one section as mapped. */
  readonly loops: LoopProgram;
  /** The configurations that run one after the other; of a program that fits, one. */
  readonly sections: readonly [Section, ...Section[]];
  /** The file of all sections. */
  readonly kbit: Uint8Array;
  readonly host: KbitInterface;
  /** The most that any section uses of a kind. */
  readonly units: Section['units'];
  /** What is not as the program asks for it. */
  readonly warnings?: readonly Diagnostic[];
}

export interface BuildOptions extends CompileOptions {
  /** Parameters that say how a program runs, and that are not given, are chosen for a fabric with this memory. */
  readonly free?: DramProfile;
  /** A program that does not fit is told the smallest architecture on which it would: that takes as long as some compilations. */
  readonly explain?: boolean;
  /** A program that does not fit in all the lanes and copies it asks for is built in fewer, or in sections that run one after the other, with warnings. */
  readonly fewer?: boolean;
}

/** How many choices of tiles and copies are tried to place and route. */
const TRIES = 4;

export function buildProgram(
  fabric: Fabric,
  program: Program,
  given: Readonly<Record<string, number | string>>,
  options: BuildOptions,
): Built {
  const asked = program.resolve(given);
  if (!options.fewer) return buildAsked(fabric, program, given, asked, options);
  const narrow = inLanesOf(fabric, program, asked);
  const own = Object.fromEntries(Object.keys(given).map((name) => [name, narrow.params[name]]));
  const built = buildAsked(fabric, narrow.program, own, narrow.params, options);
  const warnings = [...narrow.warnings(), ...(built.warnings ?? [])];
  return { ...built, program, ...(warnings.length > 0 && { warnings }) };
}

/** `resolved`: all parameters. */
function buildAsked(
  fabric: Fabric,
  program: Program,
  given: Readonly<Record<string, number | string>>,
  resolved: Built['params'],
  options: BuildOptions,
): Built {
  const choices = options.free ? choicesOf(fabric, program, given, options.free) : [];
  const tried = options.free ? fastestOf(fabric, program, shortlist(choices, resolved), options.free, options) : undefined;
  if (tried) return tried;
  const { warnings, ...chosen } = compileChosen(fabric, program, choices, resolved, options);
  const built =
    'sequence' in chosen
      ? builtInSections(fabric, program, chosen.params, chosen.sequence)
      : builtOf(fabric, program, chosen.params, chosen.compiled);
  return { ...built, ...(warnings && { warnings }) };
}

/** The bitstream of compiled sections: they know the arrays of all, and which of the steps they run. */
export function builtInSections(fabric: Fabric, program: Program, params: Built['params'], { whole, sections }: Sequence): Built {
  const [first, ...others] = sections.map(({ compiled, steps }, i) => {
    const { addresses } = compiled.lowered;
    const section = { number: i + 1, of: sections.length, ...(steps !== undefined && { steps }) };
    const host = {
      ...interfaceOf(compiled),
      section,
      inputs: arraysOf(whole, addresses, 'in'),
      outputs: arraysOf(whole, addresses, 'out'),
    };
    return sectionOf(fabric, compiled, host);
  });
  return builtFrom(program, params, whole, [first, ...others]);
}

function builtOf(fabric: Fabric, program: Program, params: Built['params'], compiled: Compiled): Built {
  return builtFrom(program, params, compiled.program, [sectionOf(fabric, compiled, interfaceOf(compiled))]);
}

const sectionOf = (fabric: Fabric, compiled: Compiled, host: KbitInterface): Section => ({
  loops: compiled.program,
  kbit: encode(fabric, compiled.configs, host),
  host,
  configs: compiled.configs,
  units: compiled.units,
  compiled,
});

function builtFrom(program: Program, params: Built['params'], loops: LoopProgram, sections: readonly [Section, ...Section[]]): Built {
  const most = (kind: keyof Section['units']) => Math.max(...sections.map(({ units }) => units[kind]));
  return {
    program,
    params,
    loops,
    sections,
    kbit: joinSections(sections.map(({ kbit }) => kbit)),
    host: hostOf(sections),
    units: { pcu: most('pcu'), pmu: most('pmu'), ag: most('ag') },
  };
}

/** Of choices that take little time to run, the one that takes the fewest cycles (of those with as few, the fewest units); those that do not map are out. */
function fastestOf(
  fabric: Fabric,
  program: Program,
  choices: readonly Choice[],
  memory: DramProfile,
  options: BuildOptions,
): Built | undefined {
  let best: { readonly built: Built; readonly cycles: number; readonly units: number } | undefined;
  for (const { params, units } of choices) {
    try {
      const built = builtOf(fabric, program, params, compile(program.build(params, choosingTarget(fabric)), fabric, options));
      const cycles = measuredCycles(fabric, built, memory, best?.cycles ?? Number.MAX_SAFE_INTEGER);
      if (cycles !== undefined && (!best || cycles < best.cycles || (cycles === best.cycles && units < best.units)))
        best = { built, cycles, units };
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }
  return best?.built;
}

/** What a program comes to with its parameters: one configuration, or several. */
type Chosen = ({ readonly compiled: Compiled } | { readonly sequence: Sequence }) & {
  readonly params: Built['params'];
  readonly warnings?: readonly Diagnostic[];
};

/** The best choice that has a place and routes; a program that left nothing to choose fails as it is. */
function compileChosen(
  fabric: Fabric,
  program: Program,
  choices: readonly Choice[],
  resolved: Built['params'],
  options: BuildOptions,
): Chosen {
  let failed: { readonly text: string; readonly error: unknown } | undefined;
  for (let retreat = 0; retreat < TRIES; retreat++) {
    const params = choices[Math.min(retreat, choices.length - 1)]?.params ?? resolved;
    let text = '';
    try {
      const loops = program.build(params, choosingTarget(fabric, retreat));
      text = printLoops(loops);
      if (failed?.text === text) break;
      return { params, compiled: compile(loops, fabric, options) };
    } catch (error) {
      if (failed?.text === text) break;
      if (!(error instanceof DiagnosticError)) throw error;
      failed = { text, error: failed?.error ?? error };
    }
  }
  if (!(failed?.error instanceof DiagnosticError)) throw failed?.error;
  const first = choices[0]?.params ?? resolved;
  const buildFor = (larger: Fabric) => program.build(first, choosingTarget(larger));
  // Without a text the program itself is wrong.
  const fewer = options.fewer && failed.text !== '' && compileFewer(program, first, fabric, options, failed.error.diagnostics);
  if (fewer) return fewer;
  const several = options.fewer && failed.text !== '' && inSections(fabric, program, first, options, failed.error.diagnostics);
  if (several) return several;
  if (!options.explain) throw failed.error;
  throw new DiagnosticError(explainMisfit(fabric, buildFor, failed.error.diagnostics, options));
}

/** The program in sections, each in one copy; nothing where that does not help. */
function inSections(
  fabric: Fabric,
  program: Program,
  asked: Built['params'],
  options: CompileOptions,
  why: readonly Diagnostic[],
): Chosen | undefined {
  const params = withParamsAtMost(program, asked, 1);
  const sequence = compileSequence(program.build(params, choosingTarget(fabric)), fabric, options);
  return sequence && { params, sequence, warnings: [runsInSections(sequence.sections.length, sequence.keptBytes, why[0])] };
}

/** `program` is the one the bitstream names; parameters come from the bitstream. */
export function buildFromKbit(fabric: Fabric, program: Program, kbit: Uint8Array): Built {
  const kbits = decodeSections(fabric, kbit);
  const [{ interface: host }] = kbits;
  const params = program.resolve(host.parameters as Record<string, number | string>);
  const target = host.choice === undefined ? choosingTarget(fabric) : { ...targetOf(fabric.arch), choice: host.choice };
  const whole = withLanesAtMost(program.build(params, target), fabric.arch.pcu.lanes);
  const steps = kbits.slice(0, -1).map(({ interface: { section } }) => section?.steps ?? 0);
  const parts =
    steps.length > 0 ? cutsBySteps(whole, steps).sections : [host.copies === undefined ? whole : withCopiesAtMost(whole, host.copies)];
  const bytes = sectionsOf(kbit);
  const [first, ...others] = kbits.map(({ configs, interface: own }, i): Section => {
    const { program: loops } = mapProgram(parts[i], fabric);
    return { loops, kbit: bytes[i], host: own, configs, units: unitsOf(fabric, configs) };
  });
  return builtFrom(program, params, others.length > 0 ? beforeCuts(whole) : first.loops, [first, ...others]);
}

/** What bounds a program on a fabric with a memory. */
export function certify(fabric: Fabric, { sections }: Pick<Built, 'sections'>, profile: DramProfile): Certificate {
  const certificates = sections.map(({ configs, loops, compiled }) =>
    certificateOf(fabric, { configs, program: loops, names: compiled && namesOf(compiled) }, profile),
  );
  return inSequence(certificates);
}

/** What the units of a compilation are called, by tile. */
export function namesOf({ lowered, routed }: Compiled): Map<number, UnitName> {
  return new Map(
    lowered.netlist.units.flatMap(({ id, label, source }) => {
      const tile = routed.placement.get(id);
      return tile === undefined ? [] : [[tile, { label: label ?? id, source }] as const];
    }),
  );
}

/**
 * May a read context of a memory unit look at what is no word of its memory, since nothing uses that? A bitstream alone says of it only
 * that addresses outside the unit are no mistake.
 */
export function readsForNothing({ compiled, configs }: Section, tile: number, context: number): boolean {
  const unit = configs.get(tile)?.unit as PmuConfig | undefined;
  if (!compiled) return unit?.read[context].part === 1;
  const { lowered, routed } = compiled;
  return lowered.netlist.units.some(({ id, beyond }) => routed.placement.get(id) === tile && beyond?.includes(context));
}

/** Units in use, by kind. */
function unitsOf(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>): Built['units'] {
  const units = { pcu: 0, pmu: 0, ag: 0 };
  for (const [id, { unit }] of configs) {
    const { kind } = fabric.tiles[id];
    if (kind === 'pcu' || kind === 'ag') units[kind] += (unit as PcuConfig | AgConfig).enable;
    if (kind === 'pmu') {
      const { write, read } = unit as PmuConfig;
      units.pmu += [...write, ...read].some(({ enable }) => enable === 1) ? 1 : 0;
    }
  }
  return units;
}

/** The arrays that the host gives, or gets; addresses in words. */
const arraysOf = ({ dram }: LoopProgram, addresses: ReadonlyMap<string, number>, role: 'in' | 'out'): KbitInterface['inputs'] =>
  dram
    .filter((array) => array.role === role || array.role === 'inout')
    .map(({ name, type, shape }) => ({ name, type, shape: [...shape], address: 4 * (addresses.get(name) as number) }));

/**
 * What a bitstream tells the host. Addresses are in bytes; arguments and results that nothing uses have no register
 * and are left out.
 */
export function interfaceOf({ program, lowered }: Compiled): KbitInterface {
  const scalars = (list: typeof program.args, registers: ReadonlyMap<string, number>) =>
    list.flatMap(({ name, type }) => {
      const index = registers.get(name);
      return index === undefined ? [] : [{ name, type, index }];
    });
  return {
    program: program.name,
    parameters: { ...program.params },
    ...(program.choice === undefined ? {} : { choice: program.choice }),
    ...(program.copies === undefined ? {} : { copies: program.copies }),
    inputs: arraysOf(program, lowered.addresses, 'in'),
    outputs: arraysOf(program, lowered.addresses, 'out'),
    arguments: scalars(program.args, lowered.args),
    results: scalars(program.results, lowered.results),
    dramBytes: 4 * lowered.dramWords,
  };
}
