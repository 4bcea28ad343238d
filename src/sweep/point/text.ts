/** A point's report for people. */
import { plural, table } from '../../base/text.ts';
import { boundTitle } from '../../compiler/certificate/advice.ts';
import type { Activity, PointReport } from './report.ts';

export function reportText(report: PointReport): string {
  const { cycles, bound, certificate, utilisation, units, sections, dram, activity } = report;
  const percent = (share: number | null) => (share === null ? '-' : `${(100 * share).toFixed(1)} %`);
  const taken = cycles.golden ?? cycles.rtl ?? cycles.icarus;
  const rows: [string, string][] = [
    ['answers', report.match ? `all agree: ${report.checked.join(' = ')}` : `DO NOT AGREE: ${report.checked.join(', ')}`],
    [
      'units',
      `${sections.length > 1 ? `${sections.length} sections, each of at most ` : ''}${units.pcu} PCU, ${units.pmu} PMU, ${units.ag} AG; bitstream of ${report.bitstreamBytes} bytes`,
    ],
  ];
  if (taken !== null) {
    rows.push(['cycles', cycleText(report)]);
    if (sections.length > 1) rows.push(['of the sections', sections.map(({ golden, rtl }) => golden ?? rtl ?? '-').join(', ')]);
    rows.push(['bound', `${bound.cycles} cycles, set by ${boundTitle[bound.binding]} (${(taken / bound.cycles).toFixed(2)}x)`]);
    rows.push(['advice', `${sections.length > 1 ? 'of the longest section: ' : ''}${certificate.advice}`]);
  }
  if (utilisation.fu !== null) {
    const moved = `${dram.readBytes} bytes read, ${dram.writeBytes} written, ${dram.profile}`;
    rows.push(['functional units', `${percent(utilisation.fu)} of the array, ${percent(utilisation.kernel)} while computing`]);
    rows.push(['memory', `${percent(utilisation.dram)} of its rate (${moved})`]);
  }
  for (const [kind, spent] of Object.entries(activity ?? {})) rows.push([`${kind.toUpperCase()} cycles`, activityText(spent)]);
  for (const [name, { shape, value, file }] of Object.entries(report.outputs)) rows.push([name, outputText(shape, value, file)]);
  rows.push([
    'time',
    Object.entries(report.seconds)
      .map(([step, seconds]) => `${step} ${seconds.toFixed(2)} s`)
      .join(', '),
  ]);
  const params = Object.entries(report.params).map(([name, value]) => `${name}=${value}`);
  return `${report.program} on ${report.arch}${params.length > 0 ? ` (${params.join(', ')})` : ''}\n${table(
    rows.map(([name, text]) => [`  ${name}`, text]),
    { align: 'll' },
  )}`;
}

function cycleText({ cycles: { golden, rtl, icarus, config } }: PointReport): string {
  const named = [['golden', golden] as const, ['RTL', rtl] as const, ['Icarus', icarus] as const].filter(([, count]) => count !== null);
  const equal = new Set(named.map(([, count]) => count)).size === 1;
  return `${named.map(([name, count]) => `${name} ${count}`).join(equal ? ' = ' : ', ')}${config === null ? '' : `; ${plural(config, 'cycle')} to load the configuration`}`;
}

const labels: Readonly<Record<keyof Activity, string>> = {
  issue: 'issuing',
  input: 'waiting for data',
  token: 'waiting for a token',
  output: 'waiting for room at an output',
  port: 'waiting for the memory port',
  idle: 'before the start',
  finished: 'finished',
};

/** What the contexts of a kind did, the largest share first. */
function activityText(spent: Activity): string {
  const total = Object.values(spent).reduce((sum, cycles) => sum + cycles, 0);
  return (Object.entries(spent) as [keyof Activity, number][])
    .filter(([, cycles]) => cycles > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, cycles]) => `${((100 * cycles) / total).toFixed(0)} % ${labels[name]}`)
    .join(', ');
}

function outputText(shape: readonly number[], value: number | readonly number[], file: string | undefined): string {
  if (typeof value === 'number') return String(value);
  const first = value.map((element) => Number(element.toPrecision(6))).join(', ');
  return `[${shape.join(' x ')}] ${first}${shape.reduce((n, size) => n * size, 1) > value.length ? ', ...' : ''}${file ? ` -> ${file}` : ''}`;
}
