/**
 * The hand-off kit: what people need who take the RTL into their own tools. Lists of files, a FuseSoC
 * core, constraints, the register map, a C driver and a datasheet, all of this very configuration.
 */
import type { Fabric } from '../../fabric/graph.ts';
import { HOST_VERSION } from '../../fabric/register-map.ts';
import { renderTemplate } from '../env.ts';
import type { ModuleSignature, PortSignature } from '../signature.ts';
import { datasheet } from './datasheet.ts';
import { headerView, rdlView } from './registers.ts';

/** Where the parts of the kit go, relative to the output folder. */
export const KIT_PATHS = {
  synthesis: 'kiln.synth.f',
  core: 'kiln.core',
  constraints: 'kiln.sdc',
  registers: 'kiln.rdl',
  datasheet: 'DATASHEET.md',
  header: 'sw/kiln_regs.h',
  driverHeader: 'sw/kiln_driver.h',
  driver: 'sw/kiln_driver.c',
} as const;

/** What `emitRtl` has made so far. */
export interface KitInput {
  readonly fabric: Fabric;
  readonly banner: string;
  readonly top: ModuleSignature;
  readonly modules: readonly ModuleSignature[];
  /** Files of modules in order: what is synthesised, and what only simulation reads. */
  readonly synthesis: readonly string[];
  readonly checks: readonly string[];
  readonly waivers: string;
}

/** The files of the kit. */
export function kitFiles(input: KitInput): { path: string; text: string }[] {
  const { fabric, banner, top, synthesis } = input;
  const header = headerView(fabric, banner);
  return [
    { path: KIT_PATHS.synthesis, text: `${synthesis.join('\n')}\n` },
    { path: KIT_PATHS.core, text: renderTemplate('kit/kiln.core.njk', coreView(input)) },
    { path: KIT_PATHS.constraints, text: renderTemplate('kit/kiln.sdc.njk', constraintsView(top, banner)) },
    { path: KIT_PATHS.registers, text: renderTemplate('kit/kiln.rdl.njk', rdlView(fabric, banner)) },
    { path: KIT_PATHS.header, text: renderTemplate('kit/kiln_regs.h.njk', header) },
    { path: KIT_PATHS.driverHeader, text: renderTemplate('kit/kiln_driver.h.njk', header) },
    { path: KIT_PATHS.driver, text: renderTemplate('kit/kiln_driver.c.njk', header) },
    { path: KIT_PATHS.datasheet, text: datasheet(input) },
  ];
}

function coreView({ fabric, banner, top, synthesis, checks, waivers }: KitInput) {
  const { arch, width, height } = fabric;
  return {
    banner,
    arch: arch.name,
    version: `${HOST_VERSION}.0.0`,
    summary: `Reconfigurable dataflow fabric of ${width} by ${height} tiles, ${arch.pcu.lanes} lanes`,
    top: top.name,
    synthesis,
    checks,
    simulation: checks.length > 0 ? 'checks, rtl' : 'rtl',
    waivers,
    constraints: KIT_PATHS.constraints,
    software: [
      { path: KIT_PATHS.header, type: 'cSource, is_include_file: true' },
      { path: KIT_PATHS.driverHeader, type: 'cSource, is_include_file: true' },
      { path: KIT_PATHS.driver, type: 'cSource' },
    ],
  };
}

function constraintsView(top: ModuleSignature, banner: string) {
  const named = (direction: PortSignature['direction']) =>
    top.ports
      .filter((port) => port.direction === direction && port.name !== 'clk_i')
      .map(({ name, width }) => (width === 1 ? name : `${name}[*]`));
  return { banner, inputs: named('input'), outputs: named('output') };
}
