import { table } from '../../src/base/text.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { programNamed } from '../../src/programs/index.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { archNamed } from '../support/fabric.ts';

const points = [
  ['innerproduct', 'demo', {}],
  ['gemm', 'demo', { copies: 2 }],
  ['tpchq6', 'demo', {}],
  ['gemm', 'plasticine', { m: 256, n: 256, k: 256, copies: 4 }],
  ['tpchq6', 'plasticine', { n: 65536, copies: 2 }],
] as const;

/** Seconds from a program to its bitstream. */
export function compileTimes(): string {
  const rows = points.map(([name, archName, params]) => {
    const fabric = new Fabric(archNamed(archName));
    const start = performance.now();
    const { units, sections, kbit } = buildProgram(fabric, programNamed(name), params, { now: () => performance.now() });
    const seconds = (performance.now() - start) / 1000;
    const { lower = 0, place = 0, route = 0 } = sections[0].compiled?.seconds ?? {};
    const used = `${units.pcu}/${units.pmu}/${units.ag}`;
    return [name, archName, used, lower.toFixed(2), place.toFixed(2), route.toFixed(2), seconds.toFixed(2), kbit.length];
  });
  return table([['program', 'architecture', 'PCU/PMU/AG', 'lower s', 'place s', 'route s', 'all s', 'bytes'], ...rows], { header: true });
}
