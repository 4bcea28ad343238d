/** A module as Yosys reads and maps it, in the very steps of `kiln synth`, written as Verilog again for replay. */
import { join } from 'node:path';
import type { Arch } from '../../../src/arch/schema.ts';
import type { ReplayModule } from '../../../src/cosim/replay.ts';
import { gateCommands, readCommands } from '../../../src/report/synth/script.ts';
import { cachedText } from '../../../src/tools/cached.ts';
import { readText, writeAtomic } from '../../../src/tools/files.ts';
import { withScratch } from '../../../src/tools/scratch.ts';
import { requireTools } from '../../../src/tools/versions.ts';
import { runYosys } from '../../../src/tools/yosys.ts';
import { type ModuleText, modulesBelow, replayModule } from './module.ts';

const RAM = 'kiln_ram_1r1w';
const NETLIST = 'netlist.v';

/**
 * Verilator's flags for a netlist. Before 5.010 its bit-op-tree optimisation loses inversions in trees of single bits, as Yosys
 * writes exclusive ors of several inputs (Verilator's issue 4059): sums of a PCU in gates then came out 3 * 2^15 too small, or
 * 0 as 0x80000000, while Icarus Verilog read the same netlist right.
 */
export const VERILATED_NETLIST: readonly string[] = ['-fno-const-bit-op-tree', '-Wno-lint', '-Wno-fatal'];

/** `elaborated`: what Yosys takes the text for; `gates`: what it maps that to, memories apart. */
export type Level = 'elaborated' | 'gates';

/** The netlist of `top` and all below it, with the banks of memory units as they are. */
export async function netlistModule(arch: Arch, top: string, level: Level): Promise<ReplayModule> {
  const modules = modulesBelow(arch, top);
  const { signature } = modules.at(-1) as ModuleText;
  const files = modules.map(({ module }) => `${module}.sv`);
  const commands = [...readCommands(files, top).filter((command) => !command.startsWith('blackbox') || has(modules, RAM))];
  if (level === 'gates') commands.push(...gateCommands());
  commands.push('flatten', 'opt_clean', `write_verilog -noattr ${NETLIST}`);
  const { yosys } = await requireTools('yosys');
  const { text } = await cachedText('synth', [yosys.version, ...commands, ...modules.map((module) => module.text)], () =>
    withScratch('gates', async (dir) => {
      for (const module of modules) await writeAtomic(join(dir, `${module.module}.sv`), module.text);
      await runYosys(dir, commands);
      return readText(join(dir, NETLIST), 'output of Yosys');
    }),
  );
  const banks = modules.filter(({ module }) => module === RAM);
  return replayModule([...banks, { module: top, text }], signature);
}

const has = (modules: readonly ModuleText[], name: string): boolean => modules.some(({ module }) => module === name);
