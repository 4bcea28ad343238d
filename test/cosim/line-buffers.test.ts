/** A line buffer on the RTL of `demo`: the same answers, in the same cycles, as the golden machine. */
import { test } from 'vitest';
import { blur } from '../support/blur.ts';
import { checkExplicit } from '../support/explicit-case.ts';
import { fabricNamed } from '../support/fabric.ts';

test('a blur in two steps', async () => {
  const [height, width] = [9, 26];
  const image = Int32Array.from({ length: height * width }, (_, i) => ((i * 53) % 97) - 40);
  const { build, sums } = blur(image, height, width);
  await checkExplicit(fabricNamed('demo'), build, { image }, { outputs: { sums } }, 'rtl');
});
