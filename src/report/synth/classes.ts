/** What the cells of a module are for, by the name of the module: the shares of the report. */

/** `selection`: the multiplexers between registers, lanes, banks and ports. */
export const AREA_CLASSES = ['fu', 'registers', 'fifo', 'control', 'selection', 'configuration', 'interconnect', 'scratchpad'] as const;
export type AreaClass = (typeof AREA_CLASSES)[number];

/** For people. */
export const CLASS_NAMES: Readonly<Record<AreaClass, string>> = {
  fu: 'functional units',
  registers: 'registers',
  fifo: 'FIFOs',
  control: 'control',
  selection: 'selection',
  configuration: 'configuration',
  interconnect: 'interconnect',
  scratchpad: 'scratchpads',
};

/** Shares of a PCU in the published design (Prabhakar et al., ISCA 2017), in percent. */
export const PUBLISHED_PCU: Partial<Readonly<Record<AreaClass, number>>> = { fu: 73.3, registers: 17.0, fifo: 9.7, control: 0.1 };
/** The share of the interconnect in the published chip, in percent. */
export const PUBLISHED_INTERCONNECT = 16.7;

/** What the logic of a module counts as, and what its flip-flops and memories do. */
export interface ModuleClass {
  readonly logic: AreaClass;
  readonly state: AreaClass;
}

const all = (one: AreaClass): ModuleClass => ({ logic: one, state: one });
const data: ModuleClass = { logic: 'selection', state: 'registers' };

/** The first that fits counts. */
const TABLE: readonly (readonly [RegExp, ModuleClass])[] = [
  [/^kiln_(lane_)?fu(_|$)/, all('fu')],
  [/^kiln_fifo$/, all('fifo')],
  [/^kiln_config$/, all('configuration')],
  [/^kiln_ram_1r1w$/, all('scratchpad')],
  [/^kiln_(switch_|tile_)/, all('interconnect')],
  [/^kiln_(stage|delay|tree|combiner|pcu|pcu_bank|pmu_banks|pmu_lanes|ag_pack|ag_read)$/, data],
  [/^kiln_pcu_pick$/, { logic: 'selection', state: 'control' }],
];

/** Everything else steers: counters, addresses, events, tokens, arbiters, loader and host port. */
export function classOf(module: string): ModuleClass {
  return TABLE.find(([pattern]) => pattern.test(module))?.[1] ?? all('control');
}
