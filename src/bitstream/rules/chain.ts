/** Design rules of counter chains, which all units share. */
import type { ChainConfig } from '../../fabric/config.ts';
import type { Claims, Report } from './report.ts';

export interface ChainFacts {
  readonly lanes: number;
  /** Scalar inputs that may bound a counter. */
  readonly scalarIn: number;
  /** Who pops which input of the tile. */
  readonly claims: Claims;
  /** Prefix of the claims: the path of the chain's owner. */
  readonly owner: string;
}

export function checkChain(report: Report, chain: ChainConfig, facts: ChainFacts): void {
  const { lanes, scalarIn, claims, owner } = facts;
  const counters = chain.counters.length;
  report.require(chain.count <= counters, 'E0840', () => `\`count\` is ${chain.count}, but there are ${counters} counters`);
  report.require(
    chain.par >= 1 && chain.par <= lanes,
    'E0841',
    () => `\`par\` is ${chain.par}, not in 1..${lanes}`,
    `a vector has ${lanes} lanes`,
  );
  if (chain.count > counters) return;
  chain.counters.slice(0, chain.count).forEach((counter, c) => {
    const here = report.at(`counters[${c}]`);
    here.require(counter.stride !== 0, 'E0842', 'a used counter has `stride` 0: it would never end');
    here.require(counter.bound <= scalarIn, 'E0844', () => `\`bound\` is ${counter.bound}, but there are ${scalarIn} scalar inputs`);
    if (counter.bound > 0 && counter.bound <= scalarIn)
      claims.claim(here, `scalar input ${counter.bound - 1}`, `${owner}counters[${c}].bound`);
  });
}
