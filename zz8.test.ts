import { test } from 'vitest';
import { checkExplicit } from './test/support/explicit-case.ts';
import { fabricNamed } from './test/support/fabric.ts';
import type { Explicit } from './src/frontend/dsl/explicit.ts';
test(`a memory written in part is stored whole`, async () => {
  await checkExplicit(fabricNamed('demo'), (v: Explicit) => {
    const to = v.dramOut('y', 'i32', [16]);
    v.pipe({t: {max: 16, step: 8}}, ({t}) => {
      const a = v.sram('a', 'i32', [8]);
      v.leaf({ j: 4 }, ({ j }) => a.set([j], t.add(j).value.add(1)));
      v.store(to, [t], a);
    });
  }, { }, { outputs: { y: Int32Array.from([1,2,3,4,0,0,0,0,9,10,11,12,0,0,0,0]) } });
});
