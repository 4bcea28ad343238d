/** What is legal in an architecture and surely not meant. */
import type { Diagnostic } from '../base/diagnostic.ts';
import { deafInput, fewTokens, hastyWatchdog, idlePorts, starvedReads, unusedLatency } from './messages.ts';
import type { Places } from './place.ts';
import { type Arch, BEAT_WORDS } from './schema.ts';
import { generatorCount } from './validate.ts';

/** Cycles from a read request to its first beat in an everyday memory, with the address generator's own. */
const ROUND_TRIP = 40;

export function papercuts(arch: Arch, places: Places): Diagnostic[] {
  const { ag, control, latency, memory, pcu, pmu } = arch;
  const found: Diagnostic[] = [];
  const generators = generatorCount(arch);
  if (memory.ports > generators) found.push(idlePorts(places.value(['memory', 'ports']), memory.ports, generators));
  found.push(...deafInputs(arch, places));
  if (2 ** control.watchdogLog2 < 2 * ROUND_TRIP)
    found.push(hastyWatchdog(places.value(['control', 'watchdogLog2']), 2 ** control.watchdogLog2, ROUND_TRIP));
  if (!pcu.float && places.isWritten(['latency', 'float']) && latency.float > 1)
    found.push(unusedLatency(places.value(['latency', 'float'])));
  // A vector a cycle takes lanes / 16 beats a cycle, one at most; requests run ahead by a round trip.
  const needed = 2 ** Math.ceil(Math.log2(Math.ceil(ROUND_TRIP * Math.min(1, pcu.lanes / BEAT_WORDS))));
  if (ag.responseBeats < needed / 2) found.push(starvedReads(places.value(['ag', 'responseBeats']), ag.responseBeats, needed));
  const contexts = pmu.writeContexts + pmu.readContexts;
  if (pmu.tokens < contexts) found.push(fewTokens(places.value(['pmu', 'tokens']), pmu.tokens, contexts));
  return found;
}

/** Unit inputs choose among the streams that arrive at their switch: more inputs than streams are never all used. */
function deafInputs({ pcu, pmu, ag, network }: Arch, places: Places): Diagnostic[] {
  const inputs = [
    ['pcu', 'vectorIn', pcu.vectorIn, 'vectorTracks'],
    ['pcu', 'scalarIn', pcu.scalarIn, 'scalarTracks'],
    ['pcu', 'controlIn', pcu.controlIn, 'controlTracks'],
    ['pmu', 'vectorIn', pmu.vectorIn, 'vectorTracks'],
    ['pmu', 'scalarIn', pmu.scalarIn, 'scalarTracks'],
    ['pmu', 'controlIn', pmu.controlIn, 'controlTracks'],
    ['ag', 'scalarIn', ag.scalarIn, 'scalarTracks'],
    ['ag', 'controlIn', ag.controlIn, 'controlTracks'],
  ] as const;
  return inputs
    .filter(([, , count, tracks]) => count > 4 * network[tracks])
    .map(([unit, field, count, tracks]) =>
      deafInput(places.value([unit, field]), `${unit}.${field}`, count, 4 * network[tracks], `network.${tracks}`),
    );
}
