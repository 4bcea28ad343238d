/** A program and an architecture to a bitstream, or a bitstream back to the program it came from. */
import type { Arch } from '../../arch/schema.ts';
import { decode } from '../../bitstream/decode.ts';
import { encode } from '../../bitstream/encode.ts';
import type { KbitInterface } from '../../bitstream/format.ts';
import { type Compiled, compile, PASSES } from '../../compiler/compile.ts';
import type { AgConfig, PcuConfig, PmuConfig, TileConfig } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { Program, Target } from '../../frontend/program.ts';
import type { LoopProgram } from '../../ir/loops.ts';

/** A bitstream with all that is known about it. */
export interface Built {
  readonly program: Program;
  readonly params: Readonly<Record<string, number | string>>;
  /** As mapped: its evaluation is the expected answer, bit for bit. */
  readonly loops: LoopProgram;
  readonly kbit: Uint8Array;
  readonly host: KbitInterface;
  readonly units: Readonly<Record<'pcu' | 'pmu' | 'ag', number>>;
  /** Absent when the bitstream was given. */
  readonly compiled?: Compiled;
}

/** What a program may know of an architecture. */
export function targetOf({ pcu, pmu, latency }: Arch): Target {
  return { lanes: pcu.lanes, memoryWords: pmu.bankWords * pcu.lanes, ring: pcu.ring, latency, float: pcu.float };
}

export interface BuildOptions {
  readonly seed?: number;
  readonly now?: () => number;
}

export function buildProgram(
  fabric: Fabric,
  program: Program,
  given: Readonly<Record<string, number | string>>,
  options: BuildOptions,
): Built {
  const params = program.resolve(given);
  const compiled = compile(program.build(params, targetOf(fabric.arch)), fabric, options);
  const host = interfaceOf(compiled);
  const kbit = encode(fabric, compiled.configs, host);
  return { program, params, loops: compiled.program, kbit, host, units: compiled.units, compiled };
}

/** `program` is the one the bitstream names; parameters come from the bitstream. */
export function buildFromKbit(fabric: Fabric, program: Program, kbit: Uint8Array): Built {
  const { configs, interface: host } = decode(fabric, kbit);
  const params = program.resolve(host.parameters as Record<string, number | string>);
  const loops = PASSES.reduce<LoopProgram>((value, pass) => pass.run(value), program.build(params, targetOf(fabric.arch)));
  return { program, params, loops, kbit, host, units: unitsOf(fabric, configs) };
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

/**
 * What a bitstream tells the host. Addresses are in bytes; arguments and results that nothing uses have no register
 * and are left out.
 */
export function interfaceOf({ program, lowered }: Compiled): KbitInterface {
  const arrays = (role: 'in' | 'out') =>
    program.dram
      .filter((array) => array.role === role)
      .map(({ name, type, shape }) => ({ name, type, shape: [...shape], address: 4 * (lowered.addresses.get(name) as number) }));
  const scalars = (list: typeof program.args, registers: ReadonlyMap<string, number>) =>
    list.flatMap(({ name, type }) => {
      const index = registers.get(name);
      return index === undefined ? [] : [{ name, type, index }];
    });
  return {
    program: program.name,
    parameters: { ...program.params },
    inputs: arrays('in'),
    outputs: arrays('out'),
    arguments: scalars(program.args, lowered.args),
    results: scalars(program.results, lowered.results),
    dramBytes: 4 * lowered.dramWords,
  };
}
