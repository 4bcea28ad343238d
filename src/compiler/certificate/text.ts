/** A certificate for people. */
import { table } from '../../base/text.ts';
import { boundTitle } from './advice.ts';
import type { Certificate } from './certificate.ts';

/** Longer ways are cut in the middle. */
const WIDE = 100;

export function certificateText(certificate: Certificate): string {
  const { sections, cycles } = certificate;
  if (!sections) return sectionText(certificate);
  const each = sections.map((one, i) => `section ${i + 1} of ${sections.length}: ${sectionText(one)}`);
  return [...each, `all sections together take no fewer than ${cycles} cycles, their loading apart`].join('\n\n');
}

function sectionText({ bounds, free, budget, advice, memory, bytes }: Certificate): string {
  const rows = bounds.map(({ kind, cycles, where }) => [`  ${boundTitle[kind]}`, String(cycles), shortened(where)]);
  const best =
    free.binding === 'dram' ? `${free.bytes} bytes at the memory's rate` : `${free.operations} operations on all functional units`;
  const units = Object.entries(budget).map(([kind, { used, available, top }]) => {
    return [`  ${kind.toUpperCase()}`, `${used} of ${available}`, top.length > 0 ? `most for ${top.join(', ')}` : ''];
  });
  return [
    `no run takes fewer cycles than (memory ${memory}, ${bytes.read} bytes read, ${bytes.write} written):`,
    table([...rows, ['  with any parallelisation', String(free.cycles), best]], { align: 'lrl' }),
    'units:',
    table(units, { align: 'lll' }),
    `advice: ${advice}`,
  ].join('\n');
}

const shortened = (where: string): string => (where.length <= WIDE ? where : `${where.slice(0, WIDE / 2)} ... ${where.slice(-WIDE / 2)}`);
