/** The report of `kiln synth` for people. */
import { table } from '../../base/text.ts';
import { AREA_CLASSES, CLASS_NAMES, classOf, PUBLISHED_INTERCONNECT, PUBLISHED_PCU } from './classes.ts';
import type { SynthReport } from './synth.ts';

const MODULES_SHOWN = 12;
const CONSUMERS_SHOWN = 4;

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
    `${areaText(total.area)} ${areaUnit}; Yosys ${report.yosys}, ${report.seconds.toFixed(0)} s, ${modulesText(report)}`,
    ...pathText(report),
    '',
    table([['what for', 'cells', 'flip-flops', areaUnit, 'share', ...(compared ? ['published'] : [])], ...classes], {
      header: true,
      align: 'lrrrrr',
    }),
    '',
    ...(compared ? costText(report) : []),
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

const modulesText = ({ synthesised: { modules, cached } }: SynthReport): string =>
  `${modules} modules${cached > 0 ? `, ${cached} of them as synthesised before` : ''}`;

function pathText({ path, top }: SynthReport): string[] {
  if (!path) return [];
  const length = `${path.levels} levels${path.ns === undefined ? '' : `, ${path.ns.toFixed(3)} ns`}`;
  return [`longest path${path.part === top ? '' : ` inside a part (${path.part})`} ${length}: from ${path.from} to ${path.to}`];
}

/** What a PCU spends beside its functional units, against what was published, and where most of it goes. */
function costText(report: SynthReport): string[] {
  const percent = (area: number) => (100 * area) / report.total.area;
  const published = 100 - (PUBLISHED_PCU.fu ?? 0);
  const other = 100 - percent(report.classes.fu.area);
  const compared = other <= published ? 'no more than' : `${(other - published).toFixed(1)} points more than`;
  const consumers = report.modules
    .filter(({ name }) => classOf(name).logic !== 'fu')
    .slice(0, CONSUMERS_SHOWN)
    .map(({ name, instances, own }) => `${instances} ${name} ${percent(own.area).toFixed(1)} %`);
  const selection = percent(report.classes.selection.area);
  return [
    `not functional units: ${other.toFixed(1)} %, ${compared} the ${published.toFixed(1)} % of the published PCU; most of it: ${consumers.join(', ')}`,
    `${selection.toFixed(1)} % are multiplexers that select operands between registers, lanes and ports, which the published breakdown does not name; the rest is ${(other - selection).toFixed(1)} %`,
    '',
  ];
}

const grouped = (value: number): string => value.toString().replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ' ');
