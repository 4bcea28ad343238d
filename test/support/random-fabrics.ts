/** Fabrics for random programs: the everyday ones first, then others that differ from them in what a compiler must mind. */
import type { Fabric } from '../../src/fabric/graph.ts';
import { fabricNamed } from './fabric.ts';

export const RANDOM_FABRICS: readonly (readonly [string, Fabric])[] = [
  ['tiny', fabricNamed('tiny')],
  ['demo', fabricNamed('demo')],
  ['one lane', fabricNamed('tiny', { name: 'one_lane', pcu: { lanes: 1 } })],
  ['slow float', fabricNamed('tiny', { name: 'slow_float', latency: { simple: 2, multiply: 3, float: 6 }, pcu: { ring: 8 } })],
  ['fast float', fabricNamed('tiny', { name: 'fast_float', latency: { simple: 1, multiply: 1, float: 1 } })],
  ['few stages', fabricNamed('demo', { name: 'few_stages', pcu: { stages: 3, registers: 3, lanes: 4 } })],
  ['no float', fabricNamed('tiny', { name: 'no_float', pcu: { float: false, stages: 10 } })],
  ['wide', fabricNamed('demo', { name: 'wide', pcu: { lanes: 16, stages: 5 }, fifo: { vector: 8, scalar: 4 }, memory: { ports: 1 } })],
];
