/**
 * Relations between fields of an architecture that the hardware relies on. Each field alone is in its range
 * already; the ranges themselves rule out an address or an id that outgrows its width (a test holds them to it).
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import { archField } from './fields.ts';
import {
  burstTooLong,
  fewerTokens,
  moreTokenPorts,
  noAddressGenerator,
  notPowerOfTwo,
  noUnit,
  repeatedEntry,
  ringTooShort,
} from './messages.ts';
import type { Places } from './place.ts';
import type { Arch } from './schema.ts';

/** Every broken relation, in the order of the fields. */
export function validate(arch: Arch, places: Places): Diagnostic[] {
  return [
    ...units(arch, places),
    ...powersOfTwo(arch, places),
    ...ring(arch, places),
    ...tokenPorts(arch, places),
    ...generators(arch, places),
    ...bursts(arch, places),
  ];
}

/** Fields whose queues and lanes count in binary. */
export const POWERS_OF_TWO = [
  'pcu.lanes',
  'pmu.bankWords',
  'ag.responseBeats',
  'ag.writeBeats',
  'ag.commands',
  'fifo.vector',
  'fifo.scalar',
  'fifo.output',
] as const;

function powersOfTwo(arch: Arch, places: Places): Diagnostic[] {
  return POWERS_OF_TWO.flatMap((path) => {
    const [section, key] = path.split('.');
    const value = (arch[section as keyof Arch] as unknown as Record<string, number>)[key];
    const below = 2 ** Math.floor(Math.log2(value));
    if (value === below) return [];
    const { minimum = 1, maximum = value } = archField(path) ?? {};
    const nearest = [below, 2 * below].filter((power) => power >= minimum && power <= maximum);
    return [notPowerOfTwo(places.value([section, key]), path, value, nearest)];
  });
}

function units({ grid }: Arch, places: Places): Diagnostic[] {
  const at = (field: 'columns' | 'rows') => places.value(['grid', field]);
  const size = `${grid.columns}x${grid.rows}`;
  const columnsOnly = grid.pattern === 'columns' && grid.columns === 1;
  if (columnsOnly || grid.columns * grid.rows === 1) return [noUnit(at('columns'), 'PMU', size, grid.pattern)];
  return [];
}

/** A stage may not start an iteration that reads what is still on its way. */
function ring({ pcu, latency }: Arch, places: Places): Diagnostic[] {
  const classes = ['simple', 'multiply', ...(pcu.float ? (['float'] as const) : [])] as const;
  const longest = classes.reduce((a, b) => (latency[b] > latency[a] ? b : a));
  if (pcu.ring >= latency[longest]) return [];
  const span = places.isWritten(['pcu', 'ring']) ? places.value(['pcu', 'ring']) : places.value(['latency', longest]);
  return [ringTooShort(span, pcu.ring, latency[longest], `latency.${longest}`)];
}

/** Blames the number of counters when it was written and no number of ports was: one problem then, not one a port. */
function tokenPorts({ pmu }: Arch, places: Places): Diagnostic[] {
  const broken = (['controlIn', 'controlOut'] as const).filter((field) => pmu[field] > pmu.tokens);
  if (broken.length === 0) return [];
  if (places.isWritten(['pmu', 'tokens']) && !broken.some((field) => places.isWritten(['pmu', field]))) {
    const worst = broken.reduce((a, b) => (pmu[b] > pmu[a] ? b : a));
    return [fewerTokens(places.value(['pmu', 'tokens']), pmu.tokens, `pmu.${worst}`, pmu[worst])];
  }
  return broken.map((field) => moreTokenPorts(places.value(['pmu', field]), `pmu.${field}`, pmu[field], pmu.tokens));
}

function generators(arch: Arch, places: Places): Diagnostic[] {
  const { sides } = arch.ag;
  const twice = sides.findIndex((side, i) => sides.indexOf(side) !== i);
  if (twice >= 0) return [repeatedEntry(places.value(['ag', 'sides', twice]), 'ag.sides', sides[twice])];
  return generatorCount(arch) >= 1 ? [] : [noAddressGenerator(places.value(['ag', 'sides']))];
}

/** Border positions, less the one of the host tile. */
export function generatorCount({ grid, ag }: Arch): number {
  const length = { west: grid.rows, east: grid.rows, north: grid.columns, south: grid.columns };
  return ag.sides.reduce((sum, side) => sum + length[side], 0) - 1;
}

function bursts({ ag }: Arch, places: Places): Diagnostic[] {
  const fields = ['responseBeats', 'writeBeats'] as const;
  return fields
    .filter((field) => ag.burstBeats > ag[field])
    .map((field) => burstTooLong(places.value(['ag', 'burstBeats']), ag.burstBeats, `ag.${field}`, ag[field]));
}
