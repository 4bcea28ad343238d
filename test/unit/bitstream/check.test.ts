import { describe, expect, test } from 'vitest';
import type { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { parseKasm } from '../../../src/bitstream/asm.ts';
import { checkConfigs } from '../../../src/bitstream/check.ts';
import { encode } from '../../../src/bitstream/encode.ts';
import { EMPTY_INTERFACE } from '../../../src/bitstream/format.ts';
import { laneInverse } from '../../../src/fabric/lane-inverse.ts';
import { fabricNamed, wideFabric } from './fabrics.ts';

const tiny = fabricNamed('tiny');

/** A PCU, PMU and AG that keep every rule; each case below spoils one thing. */
const GOOD = `
pcu at 1,0 {
  enable
  chain { count = 2 par = 4 laneStep = 1 counters[0] { stride = 4 max = 64 } counters[1] { stride = 1 bound = scalar1 } }
  vectorIn[0] { used } scalarIn[0] { used } tapIn { used port = 1 }
  inputs[0] = vector0 inputs[1] = scalar0 inputs[2] = counter1
  stages[0] { op = fma a = r0 b = lane_r1 c = acc lane = 3 write dst = 5 acc { used length = 4 init = tap } tapOut }
  stages[5] { op = fadd acc { used length = 4 } } tree { used source = stage4 }
  vectorOut[0] { used source = tap } scalarOut[0] { used source = stage5 }
  vectorOut[1] { used source = stage1 when drop } stages[1] { op = ne a = r5 predicate }
}
pmu at 2,0 {
  write[0] { enable chain { par = 4 } source = vector0 address { lane = 3 laneInverse = 3 } region { count = 2 stride = 64 } }
  write[1] { enable chain { par = 1 } source = scalar0 }
  read[0] { enable chain { count = 1 par = 4 counters[0] { stride = 1 bound = scalar1 } } address { lane = 0 } vector }
  tokenIn[0] { used context = read0 source = local0 } tokenIn[1] { used context = write0 source = net2 }
  tokenOut[0] { used context = write1 net }
}
ag at 0,1 { enable chain { count = 1 counters[0] { stride = 1 max = 3 } } run = 16 offset { used port = scalar1 mask = 1 } column { used from { used port = scalar0 } } }
host at 0,0 { tokens[0].expect = 255 }
pcu at 2,1 { vector.east.1 <- west.1 vector.in.2 <- north.3 }
`;

const codesOf = (text: string) => checkConfigs(tiny, parseKasm(tiny, text).configs).map((d) => d.code);

test('the example keeps every rule', () => {
  expect(codesOf(GOOD)).toEqual([]);
});

describe('each rule speaks when it alone is broken', () => {
  test.each<[code: string, from: string, to: string]>([
    ['E0840', 'count = 2 par', 'count = 9 par'],
    ['E0841', 'chain { count = 2 par = 4', 'chain { count = 2 par = 5'],
    ['E0841', 'chain { count = 2 par = 4', 'chain { count = 2'],
    ['E0842', 'counters[0] { stride = 4 max = 64 }', 'counters[0] { max = 64 }'],
    ['E0843', 'counters[0] { stride = 4 max = 64 }', 'counters[0] { stride = 4 bound = scalar1 }'],
    ['E0843', 'counters[1] { stride = 1 bound = scalar1 }', 'counters[1] { stride = 1 bound = scalar0 }'],
    ['E0843', 'tapIn { used port = 1 }', 'tapIn { used port = 0 }'],
    ['E0843', 'source = scalar0', 'source = scalar1'],
    ['E0844', 'stride = 1 bound = scalar1 } }\n', 'stride = 1 bound = 6 } }\n'],
    ['E0845', 'inputs[2] = counter1', 'inputs[2] = counter2'],
    ['E0845', 'inputs[2] = counter1', 'inputs[2] { kind = vector index = 5 }'],
    ['E0845', 'dst = 5', 'dst = 6'],
    ['E0845', 'source = net2', 'source = 15'],
    ['E0846', 'vectorIn[0] { used }', 'vectorIn[0] { }'],
    ['E0846', 'scalarIn[0] { used }', 'scalarIn[0] { }'],
    ['E0847', 'op = fadd acc', 'op = fsub acc'],
    ['E0847', 'tree { used source = stage4 }', 'tree { used source = stage5 }'],
    ['E0848', 'op = fma a', 'op = 63 a'],
    ['E0850', 'stages[5] {', 'stages[1] { c = acc } stages[5] {'],
    ['E0850', 'stages[5] {', 'stages[1] { tapOut } stages[5] {'],
    ['E0851', 'a = r0', 'a.kind = 5'],
    ['E0852', 'length = 4 init', 'length = 3 init'],
    ['E0852', 'length = 4 init', 'length = 5 init'],
    ['E0853', 'tapIn { used port = 1 }', ''],
    ['E0853', 'acc { used length = 4 } }', 'acc { used length = 4 init = reg } }'],
    ['E0854', 'source = stage5 }\n', 'source = 7 }\n'],
    ['E0855', 'lane = 3 laneInverse = 3', 'lane = 2 laneInverse = 1'],
    ['E0855', 'lane = 3 laneInverse = 3', 'lane = 0 laneInverse = 0'],
    ['E0855', 'address { lane = 0 }', 'address { lane = -2 }'],
    ['E0856', 'lane = 3 laneInverse = 3', 'lane = 3 laneInverse = 1'],
    ['E0857', 'source = local0', 'source = net2'],
    [
      'E0858',
      'tokenOut[0] { used context = write1 net }',
      'tokenOut[0] { used context = write1 } tokenOut[5] { used context = write1 net }',
    ],
    ['E0843', 'run = 16 offset', 'run = 16 chain.counters[0].bound = scalar1 offset'],
    ['E0843', 'from { used port = scalar0', 'from { used port = scalar1'],
    ['W0845', 'column { used from', 'column { from'],
    ['E0860', 'run = 16 ', ''],
    ['E0861', 'vector.east.1 <- west.1', 'vector.south.1 <- north.1'],
    ['E0862', 'vector.east.1 <- west.1', 'vector.east.1 <- select 7'],
    ['E0862', 'vector.east.1 <- west.1', 'vector.east.1 <- south.2'],
    ['E0864', 'expect = 255', 'expect = 256'],
    ['W0840', 'init = tap } tapOut', 'init = tap }'],
    ['W0841', 'stride = 64', ''],
    ['W0842', 'source = local0', 'source = local3'],
    ['W0844', 'a = r5 predicate', 'a = r5'],
    ['W0844', 'vectorOut[1] {', 'compact { used flush = 1 } vectorOut[1] {'],
    ['W0843', 'write[1] { enable', 'write[1] {'],
  ])('%s: %s', (code, from, to) => {
    expect(GOOD.split(from), 'the text to spoil stands there once').toHaveLength(2);
    expect(codesOf(GOOD.replace(from, () => to))).toEqual([code]);
  });

  test('binary32 where it is not built', () => {
    const text = 'pcu at 1,1 { enable chain { par = 32 } stages[0] { op = fadd } }';
    expect(checkConfigs(wideFabric, parseKasm(wideFabric, text).configs).map((d) => d.code)).toEqual(['E0849']);
  });

  test('a scalar input that the address generator does not have', () => {
    const text = 'ag at 0,1 { enable run = 4 offset { used port = 3 } column { used from { used port = scalar2 } } }';
    expect(checkConfigs(wideFabric, parseKasm(wideFabric, text).configs).map((d) => d.code)).toEqual(['E0845']);
  });

  test('a tile the fabric does not have', () => {
    const [[, config]] = [...parseKasm(tiny, 'pcu at 1,0 {}').configs];
    expect(checkConfigs(tiny, new Map([[99, config]])).map((d) => d.code)).toEqual(['E0863']);
  });
});

test('a disabled unit is not judged, its switch is', () => {
  expect(codesOf('pcu at 1,0 { chain.count = 9 stages[0].op = 63 }')).toEqual([]);
  expect(codesOf('pcu at 1,0 { vector.north.0 <- out.0 }')).toEqual(['E0861']);
});

test('encode reports all errors together, and packs what has only warnings', () => {
  const bad = parseKasm(tiny, GOOD.replace('run = 16', '').replace('dst = 5', 'dst = 7'));
  let codes: string[] = [];
  try {
    encode(tiny, bad.configs, EMPTY_INTERFACE);
  } catch (error) {
    codes = (error as DiagnosticError).diagnostics.map((d) => d.code);
  }
  expect(codes).toEqual(['E0845', 'E0860']);
  expect(
    encode(tiny, parseKasm(tiny, GOOD.replace('init = tap } tapOut', 'init = tap }')).configs, EMPTY_INTERFACE).length,
  ).toBeGreaterThan(64);
});

test('a value that does not fit its field is named with its tile', () => {
  const { configs } = parseKasm(tiny, GOOD);
  (configs.get(tiny.tileAt(0, 1)?.id as number)?.unit as { run: number }).run = 1 << 24;
  expect(() => encode(tiny, configs, EMPTY_INTERFACE)).toThrow(
    /E0818.*ag 2 at 0,1.*`unit\.run` = 16777216 does not fit in 24 unsigned bits/,
  );
});

test('the inverse of an odd lane step undoes it', () => {
  for (const lanes of [1, 2, 4, 8, 16, 32]) {
    for (let lane = -63; lane < 64; lane += 2) {
      const product = lane * laneInverse(lane, lanes);
      expect((((product - 1) % lanes) + lanes) % lanes).toBe(0);
    }
  }
  expect(laneInverse(0, 16)).toBe(0);
});
