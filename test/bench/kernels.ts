import { table } from '../../src/base/text.ts';
import { archNamed } from '../support/fabric.ts';
import { runGemm } from '../support/gemm-run.ts';

const shapes = [
  ['plasticine', { m: 48, n: 64, k: 64, dtype: 'f32', grid: { rows: 1, columns: 1 } }],
  ['plasticine', { m: 192, n: 256, k: 256, dtype: 'f32', grid: { rows: 4, columns: 4 } }],
  ['ml', { m: 512, n: 512, k: 512, dtype: 'f32', grid: { rows: 8, columns: 8 } }],
] as const;

/** Share of operations over functional units of the units used, from the first to the last issue. */
export function gemmKernels(): string {
  const rows = shapes.map(([name, shape]) => {
    const start = performance.now();
    const { result, span, utilisation, wrong } = runGemm(archNamed(name), shape, { check: shape.m < 512, now: () => performance.now() });
    const { m, n, k, grid } = shape;
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    return [
      `${m}x${n}x${k}`,
      name,
      `${grid.rows}x${grid.columns}`,
      wrong.length === 0 ? result.status : 'WRONG',
      result.cycles,
      span,
      percent(utilisation),
      percent(result.stats.kernelUtilisation),
      ((performance.now() - start) / 1000).toFixed(1),
    ];
  });
  const header = ['m x n x k', 'architecture', 'PCUs', 'end', 'cycles', 'kernel cycles', 'of PCUs used', 'of the array', 's'];
  return table([header, ...rows], { header: true });
}
