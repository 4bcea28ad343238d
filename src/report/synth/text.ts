/** The report of `kiln synth` for people. */
import { table } from '../../base/text.ts';
import { AREA_CLASSES, CLASS_NAMES, PUBLISHED_INTERCONNECT, PUBLISHED_PCU } from './classes.ts';
import type { SynthReport } from './synth.ts';

const MODULES_SHOWN = 12;

/** Tables of classes, of parts and of the largest modules, with what the numbers mean. */
export function synthText(report: SynthReport): string {
  const { total, areaUnit, unit } = report;
  const share = (area: number) => (total.area === 0 ? '' : `${((100 * area) / total.area).toFixed(1)} %`);
  const areaText = (area: number) => grouped(areaUnit === 'transistors' ? Math.round(area) : Number(area.toFixed(1)));
  const compared = unit === 'pcu';
  const classes = AREA_CLASSES.filter((one) => report.classes[one].area > 0 || report.classes[one].scratchpadBits > 0).map((one) => {
    const { cells, flipFlops, area } = report.classes[one];
    const published = PUBLISHED_PCU[one];
    return [
      CLASS_NAMES[one],
      grouped(cells),
      grouped(flipFlops),
      areaText(area),
      share(area),
      ...(compared ? [published === undefined ? '' : `${published.toFixed(1)} %`] : []),
    ];
  });
  const modules = report.modules
    .slice(0, MODULES_SHOWN)
    .map(({ name, instances, own }) => [
      name,
      grouped(instances),
      grouped(own.cells),
      grouped(own.flipFlops),
      areaText(own.area),
      share(own.area),
    ]);
  const parts = report.parts.map(({ name, instances, figures }) => [
    name,
    grouped(instances),
    grouped(figures.cells),
    grouped(figures.flipFlops),
    areaText(figures.area),
    share(figures.area),
  ]);
  return [
    `${report.top}: ${grouped(total.cells)} cells, ${grouped(total.flipFlops)} of them flip-flops; ${grouped(total.memoryBits)} bits in small memories, ${grouped(total.scratchpadBits)} in scratchpads`,
    `${areaText(total.area)} ${areaUnit}; ${timing(report)}; Yosys ${report.yosys}, ${report.seconds.toFixed(0)} s`,
    '',
    table([['what for', 'cells', 'flip-flops', areaUnit, 'share', ...(compared ? ['published'] : [])], ...classes], {
      header: true,
      align: 'lrrrrr',
    }),
    '',
    ...(unit === 'fabric'
      ? [
          table([['part', 'number', 'cells', 'flip-flops', areaUnit, 'share'], ...parts], { header: true, align: 'lrrrrr' }),
          '',
          `interconnect ${share(report.classes.interconnect.area)} of the fabric; published ${PUBLISHED_INTERCONNECT} % of the chip`,
          '',
        ]
      : []),
    table([['module (without what is in it)', 'number', 'cells', 'flip-flops', areaUnit, 'share'], ...modules], {
      header: true,
      align: 'lrrrrr',
    }),
    '',
    areaUnit === 'transistors'
      ? 'Transistors are estimated: static gates, 12 for a bit of a FIFO or ring, 8 for one of a scratchpad. The published shares are of area in 28 nm.'
      : 'Memories are not in the areas: put macros for them.',
  ].join('\n');
}

function timing({ levels, slowest }: SynthReport): string {
  const path = levels === undefined ? 'longest path: see its units' : `longest path ${levels} levels`;
  return slowest ? `${path}, slowest logic inside one module ${slowest.ns.toFixed(2)} ns (${slowest.module})` : path;
}

const grouped = (value: number): string => value.toString().replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ' ');
