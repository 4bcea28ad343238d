import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { programNamed } from '../src/programs/index.ts';
import { buildProgram } from '../src/sweep/point/build.ts';
import { renderFabricSvg } from '../src/viewer/svg.ts';
import { fabricNamed } from './support/fabric.ts';

test('the picture of the README is what the compiler draws now', () => {
  const fabric = fabricNamed('demo');
  const { sections } = buildProgram(fabric, programNamed('gemm'), { copies: 2 }, {});
  const { routed, lowered } = sections[0].compiled!;
  const scene = { configs: routed.configs, placement: routed.placement, netlist: lowered.netlist, title: 'gemm on demo' };
  const committed = readFileSync(new URL('../generated/demo/gemm.svg', import.meta.url), 'utf8');
  const command = 'node src/cli/bin.js view gemm --arch demo --param copies=2 -o generated/demo/gemm.svg';
  expect(committed === renderFabricSvg(fabric, scene), `run: ${command}`).toBe(true);
});
