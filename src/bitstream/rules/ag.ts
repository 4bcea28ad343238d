/** Design rules of an address generator. */
import type { AgConfig } from '../../fabric/config.ts';
import type { Arch } from '../format.ts';
import { checkChain, isEmpty } from './chain.ts';
import { Claims, type Report } from './report.ts';

export function checkAg(report: Report, arch: Arch, config: AgConfig): void {
  if (config.enable === 0) return;
  const here = report.at('chain');
  // A run is not split over lanes: `par` has no meaning here and may stay 0.
  const chain = { ...config.chain, par: Math.max(1, config.chain.par) };
  checkChain(here, chain, { lanes: arch.pcu.lanes, scalarIn: 0, claims: new Claims(), owner: 'chain.' });
  here.require(
    !isEmpty(config.chain),
    'E0859',
    'a counter has no value at all: an address generator has no null issue',
    'leave the unit disabled instead',
  );
  report.require(config.run >= 1, 'E0860', '`run` is 0: a run has at least one word');
}
