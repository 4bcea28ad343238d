import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { renderDiagnostic } from '../../../src/base/frame.ts';
import { assemble, parseKasm } from '../../../src/bitstream/asm.ts';
import { decode } from '../../../src/bitstream/decode.ts';
import { disassemble } from '../../../src/bitstream/disasm.ts';
import { encodeUnchecked } from '../../../src/bitstream/encode.ts';
import { EMPTY_INTERFACE } from '../../../src/bitstream/format.ts';
import type { PcuConfig } from '../../../src/fabric/config.ts';
import type { Fabric } from '../../../src/fabric/graph.ts';
import { fabricNamed, leastFabric, randomConfigs, wideFabric } from './fabrics.ts';

const tiny = fabricNamed('tiny');
const fabrics: [string, Fabric][] = [
  ['tiny', tiny],
  ['demo', fabricNamed('demo')],
  ['least', leastFabric],
  ['wide', wideFabric],
];
const host = { ...EMPTY_INTERFACE, program: 'odd # { "name" } \\', parameters: { n: 3 } };

test.each(fabrics)('text assembles back to the same bytes on %s', (_name, fabric) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
      const bytes = encodeUnchecked(fabric, randomConfigs(fabric, seed), host);
      const text = disassemble(fabric, bytes);
      const again = parseKasm(fabric, text);
      expect(Buffer.from(encodeUnchecked(fabric, again.configs, again.interface)).equals(bytes)).toBe(true);
    }),
    { numRuns: process.env.KILN_FULL ? 200 : 15 },
  );
});

const SUM = `# adds what arrives
architecture tiny
pcu 0 at 1,0 {
  enable
  chain { count = 1 par = 4 laneStep = 1 counters[0] { stride = 4 max = 64 } }
  vectorIn[0] { used masks }         // one vector an issue
  inputs[0] = vector0
  stages[0] {
    op = add a = r0 b = acc
    acc { used first = 0b1 last = 0b1 length = 1 init = imm }
  }
  stages[1] { op = fmul a = r1 b = imm imm = 1.5f }
  guard.at.inc = [1, 0, -3]
  vector.in.0 <- west.1
  vector.east.2 <- out.0
}
`;

describe('text', () => {
  test('is read field by field', () => {
    const { configs } = parseKasm(tiny, SUM);
    const [[id, config]] = [...configs];
    const unit = config.unit as PcuConfig;
    expect(id).toBe(1);
    expect(unit.chain.counters[0]).toEqual({ min: 0, stride: 4, max: 64, bound: 0 });
    expect(unit.stages[0].a).toEqual({ kind: 2, index: 0 });
    expect(unit.stages[0].acc).toMatchObject({ used: 1, first: 1, last: 1, length: 1, init: 1 });
    expect(unit.stages[1].imm).toBe(0x3fc00000);
    expect(unit.guard.at.inc.slice(0, 4)).toEqual([1, 0, -3, 0]);
    const tracks = tiny.arch.network.vectorTracks;
    expect(config.switch.vector.unit[0]).toBe(1 + 3 * tracks + 1);
    expect(config.switch.vector.link[tracks + 2]).toBe(4);
  });

  test('prints as it is documented', () => {
    const bytes = assemble(tiny, SUM);
    const text = disassemble(tiny, bytes);
    expect(text.slice(text.indexOf('pcu'))).toBe(`pcu 0 at 1,0 {
  enable
  chain { count = 1 par = 4 laneStep = 1 counters[0] { stride = 4 max = 64 } }
  guard { at { inc = [1, 0, -3] } }
  vectorIn[0] { used masks }
  inputs[0] = vector0
  stages[0] { op = add a = r0 b = acc acc { used first = 0b000001 last = 0b000001 length = 1 init = imm } }
  stages[1] { op = fmul a = r1 b = imm imm = 1.5f }
  vector.east.2 <- out.0
  vector.in.0 <- west.1
}
`);
  });

  test('words of a memory come behind its fields', () => {
    const words = Array.from({ length: 20 }, (_, i) => i - 10);
    const text = `pmu at 2,0 { memory[3] = [7, -1, 0x80000000] memory[64] = [${words.join(',')}] }`;
    const bytes = assemble(tiny, text);
    const [{ memory }] = decode(tiny, bytes).configs.values();
    expect(memory?.map(({ address, words }) => [address, ...Array.from(words, (word) => word | 0)])).toEqual([
      [3, 7, -1, -(2 ** 31)],
      [64, ...words],
    ]);
    const printed = disassemble(tiny, bytes);
    expect(printed.slice(printed.indexOf('pmu'))).toBe(`pmu 0 at 2,0 {
  memory[3] = [7, -1, 0x80000000]
  memory[64] = [
    ${words.slice(0, 16).join(', ')},
    ${words.slice(16).join(', ')}
  ]
}
`);
  });

  test('a tile without a field keeps its frame', () => {
    const bytes = assemble(tiny, 'host at 0,0 {}');
    expect([...decode(tiny, bytes).configs.keys()]).toEqual([0]);
    expect(disassemble(tiny, bytes)).toContain('host 0 at 0,0 {}');
  });

  test.each<[string, string]>([
    ['pcu at 1,0 { enabel }', 'E0821 1:14'],
    ['pcu at 1,0 {\n  stages[9].op = add }', 'E0822 2:10'],
    ['pcu at 1,0 { stages[0].op = addd }', 'E0821 1:29'],
    ['pcu at 1,0 { chain.par = 64 }', 'E0823 1:26'],
    ['pcu at 1,0 { chain.par = -1 }', 'E0823 1:26'],
    ['pcu at 1,0 { chain.par = 1.5f }', 'E0823 1:26'],
    ['pcu at 1,0 { enable enable }', 'E0824 1:21'],
    ['pcu at 1,0 { }\npcu at 1,0 { }', 'E0824 2:1'],
    ['pcu at 9,0 { }', 'E0825 1:8'],
    ['pmu at 1,0 { }', 'E0826 1:1'],
    ['pcu 1 at 1,0 { }', 'E0826 1:1'],
    ['pcu at 1,0 { vector.east.0 <- east.0 }', 'E0827 1:31'],
    ['pcu at 1,0 { vector.in.0 <- out.0 }', 'E0827 1:29'],
    ['pcu at 1,0 { vector.up.0 <- out.0 }', 'E0821 1:21'],
    ['pcu at 1,0 { vector.in.9 <- west.0 }', 'E0822 1:24'],
    ['pcu at 1,0 { vector.in.0 <- select 99 }', 'E0823 1:36'],
    ['architecture tiny 0123456789abcdef', 'E0828 1:19'],
    ['interface { "program": }', 'E0829 1:11'],
    ['interface { "program": "x" }', 'E0829 1:11'],
    ['pcu at 1,0 { chain.par 3 }', 'E0820 1:24'],
    ['pcu at 1,0 { chain = 3 }', 'E0820 1:22'],
    ['pcu at 1,0 { enable = ; }', 'E0820 1:23'],
    ['pcu at 1,0 {', 'E0820 1:13'],
    ['tile at 1,0 {', 'E0821 1:1'],
    ['pmu at 2,0 { memory[0] = [1, 2] memory[1] = [3] }', 'E0865 1:33'],
    ['pcu at 1,0 { memory[0] = [1] }', 'E0865 1:14'],
    ['pmu at 2,0 { memory[0] = [1.5] }', 'E0820 1:28'],
    ['pmu at 2,0 { memory[0] = [0x100000000] }', 'E0823 1:27'],
    ['pmu at 2,0 { memory = [1] }', 'E0820 1:21'],
    ['}', 'E0820 1:1'],
  ])('%s', (text, expected) => {
    const [found] = diagnosticsOf(() => parseKasm(tiny, text));
    expect(`${found.code} ${found.span?.line}:${found.span?.column}`).toBe(expected);
  });

  test('a mistake is shown where it is', () => {
    const text = 'pcu at 1,0 {\n  stages[0] { op = fmull }\n}\n';
    const [found] = diagnosticsOf(() => parseKasm(tiny, text, 'sum.kasm'));
    expect(renderDiagnostic({ ...found, notes: [] }, { textOf: () => text })).toBe(
      [
        'error[E0821]: there is no value of `stages[0].op` `fmull`',
        ' --> sum.kasm:2:20',
        '  |',
        '2 |   stages[0] { op = fmull }',
        '  |                    ^^^^^',
        '  |',
        'help: did you mean `fmul`?',
      ].join('\n'),
    );
  });
});

function diagnosticsOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  throw new Error('nothing was refused');
}
