/** Design rules of an address generator. */
import type { AgConfig } from '../../fabric/config.ts';
import type { Arch } from '../format.ts';
import { checkChain } from './chain.ts';
import { Claims, type Report } from './report.ts';

export function checkAg(report: Report, arch: Arch, config: AgConfig): void {
  if (config.enable === 0) return;
  const { scalarIn } = arch.ag;
  const claims = new Claims();
  // A run is not split over lanes: `par` has no meaning here and may stay 0.
  const chain = { ...config.chain, par: Math.max(1, config.chain.par) };
  checkChain(report.at('chain'), chain, { lanes: arch.pcu.lanes, scalarIn, claims, owner: 'chain.' });
  checkWord(report.at('offset'), config.offset, scalarIn, claims, 'offset');
  checkWord(report.at('column.from'), config.column.from, scalarIn, claims, 'column.from');
  report
    .at('column.from')
    .expect(config.column.used === 1 || config.column.from.used === 0, 'W0845', 'has no effect: the column guard is not used');
  report.require(config.run >= 1, 'E0860', '`run` is 0: a run has at least one word');
}

function checkWord(report: Report, { used, port }: AgConfig['offset'], scalarIn: number, claims: Claims, user: string): void {
  if (used === 0) return;
  report.require(port < scalarIn, 'E0845', () => `\`port\` is ${port}, but there are ${scalarIn} scalar inputs`);
  claims.claim(report, `scalar input ${port}`, user);
}
