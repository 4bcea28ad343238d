import { expect, test } from 'vitest';
import { type Netlist, verifyNetlist } from '../../../src/ir/netlist.ts';
import { parseNetlist, printNetlist } from '../../../src/ir/netlist-text.ts';

const limits = () => ({ vector: { in: 2, out: 1 }, scalar: { in: 1, out: 1 }, control: { in: 1, out: 1 } });

const text = `unit a.0 ag "x, \\"left\\"" @dir/dot.ts:12
  enable 1
  chain {"count":1,"counters":[{"min":-3,"max":4}]}
unit mul pcu
  stages [1,2,3]
unit home host "host"
unit lut pmu
  read []
  @16 [1,-2]
  @64 [3]
net n0 vector a.0:0 -> mul:0 mul:1
net n1 scalar mul:0 -> home:0 weight 2.5 "the -> sum"
`;

const codes = (netlist: Netlist) => verifyNetlist(netlist, limits).map((d) => d.code);

test('the text form reads back to the same text and the same values', () => {
  const netlist = parseNetlist(text);
  expect(printNetlist(netlist)).toBe(text);
  expect(netlist.units[0]).toEqual({
    id: 'a.0',
    kind: 'ag',
    label: 'x, "left"',
    source: { file: 'dir/dot.ts', line: 12 },
    config: { enable: 1, chain: { count: 1, counters: [{ min: -3, max: 4 }] } },
  });
  expect(netlist.nets[1]).toEqual({
    id: 'n1',
    net: 'scalar',
    from: { unit: 'mul', port: 0 },
    to: [{ unit: 'home', port: 0 }],
    weight: 2.5,
    label: 'the -> sum',
  });
  expect(codes(netlist)).toEqual([]);
});

test.each([
  ['unit a pco\n', /no kind of unit/],
  ['net n vectr a:0 -> b:0\n', /no class of net/],
  ['net n vector a:0 b:0\n', /a net is/],
  ['unit a pcu\n  chain {\n', /not JSON/],
  ['what\n', /a line starts with/],
  ['net n vector a -> b:0\n', /not a unit and a port/],
])('%j is refused with its line', (bad, message) => {
  expect(() => parseNetlist(bad)).toThrow(message);
  expect(() => parseNetlist(bad)).toThrow(/netlist:\d+:1/);
});

test('the verifier finds each broken rule', () => {
  const change = (edit: (n: Netlist) => void) => {
    const netlist = parseNetlist(text);
    edit(netlist);
    return codes(netlist);
  };
  expect(change((n) => (n.units[1].id = 'two words'))).toContain('E0501');
  expect(change((n) => n.units.push({ ...n.units[1] }))).toContain('E0502');
  expect(change((n) => n.units.push({ ...n.units[2], id: 'home2' }))).toContain('E0503');
  expect(change((n) => (n.nets[0].to[0].unit = 'nobody'))).toEqual(['E0504']);
  expect(change((n) => (n.nets[0].to[0].port = 2))).toEqual(['E0505']);
  expect(change((n) => (n.nets[0].from.port = -1))).toEqual(['E0505']);
  expect(change((n) => (n.nets[0].to[0].port = 1))).toEqual(['E0506']);
  expect(change((n) => n.nets.push({ ...n.nets[0], id: 'n2', to: [] }))).toEqual(['E0508', 'E0506']);
  expect(change((n) => n.nets.push({ ...n.nets[0], id: 'n0', net: 'control', to: [{ unit: 'mul', port: 0 }] }))).toEqual(['E0507']);
  expect(change((n) => (n.nets[0].weight = -1))).toEqual(['E0509']);
});
