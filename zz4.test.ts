import { test } from 'vitest';
import { checkExplicit } from './test/support/explicit-case.ts';
import { fabricNamed } from './test/support/fabric.ts';
import type { Explicit } from './src/frontend/dsl/explicit.ts';
const x = Int32Array.from({ length: 8 }, (_, i) => i + 1);
test(`two loads of one memory`, async () => {
  await checkExplicit(fabricNamed('demo'), (v: Explicit) => {
    const [from, from2, to, to2] = [v.dramIn('x', 'i32', [8]), v.dramIn('x2', 'i32', [8]), v.dramOut('y', 'i32', [8]), v.dramOut('z', 'i32', [8])];
    v.pipe({}, () => {
      const [a, b, c] = [v.sram('a', 'i32', [8]), v.sram('b', 'i32', [8]), v.sram('c', 'i32', [8])];
      v.load(from, [0], a);
      v.leaf({ j: 8 }, ({ j }) => b.set([j], a.at(j).add(1)), { label: 'sum' });
      v.load(from2, [0], a);
      v.leaf({ j: 8 }, ({ j }) => c.set([j], a.at(j).add(1)), { label: 'sum' });
      v.store(to, [0], b);
      v.store(to2, [0], c);
    });
  }, { x, x2: x }, { outputs: { y: x.map((w) => w + 1), z: x.map((w) => w + 1) } });
});
