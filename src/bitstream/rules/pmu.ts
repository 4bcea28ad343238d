/** Design rules of a PMU. */
import type { PmuConfig } from '../../fabric/config.ts';
import { laneInverse } from '../../fabric/lane-inverse.ts';
import type { Arch } from '../format.ts';
import { checkChain } from './chain.ts';
import { Claims, type Report } from './report.ts';

type Address = PmuConfig['read'][number]['address'];

export function checkPmu(report: Report, arch: Arch, config: PmuConfig): void {
  const { pmu, pcu } = arch;
  const claims = new Claims();
  const facts = (owner: string) => ({ lanes: pcu.lanes, scalarIn: pmu.scalarIn, claims, owner });
  config.write.forEach((context, i) => {
    if (!context.enable) return;
    const here = report.at(`write[${i}]`);
    const sources = pmu.vectorIn + pmu.scalarIn;
    here.require(context.source < sources, 'E0845', () => `\`source\` is ${context.source}, but there are ${sources} inputs`);
    const scalar = context.source - pmu.vectorIn;
    if (scalar >= 0) claims.claim(here, `scalar input ${scalar}`, `write[${i}].source`);
    checkChain(here.at('chain'), context.chain, facts(`write[${i}].chain.`));
    if (scalar < 0) checkAddress(here.at('address'), context.address, pcu.lanes, 'write');
    checkRegion(here, context.region);
  });
  config.read.forEach((context, i) => {
    if (!context.enable) return;
    const here = report.at(`read[${i}]`);
    checkChain(here.at('chain'), context.chain, facts(`read[${i}].chain.`));
    checkAddress(here.at('address'), context.address, pcu.lanes, 'read');
    checkRegion(here, context.region);
  });
  checkTokens(report, pmu, config);
}

function checkAddress(report: Report, address: Address, lanes: number, port: 'read' | 'write'): void {
  const odd = (address.lane & 1) === 1;
  if (port === 'write')
    report.require(odd, 'E0855', `\`lane\` is ${address.lane}: the lanes of a written vector go to different banks only when it is odd`);
  else report.require(odd || address.lane === 0, 'E0855', `\`lane\` is ${address.lane}: odd, or 0 to broadcast one word`);
  if (!odd && address.lane !== 0) return;
  const inverse = laneInverse(address.lane, lanes);
  report.require(
    address.laneInverse === inverse,
    'E0856',
    `\`laneInverse\` is ${address.laneInverse}; for \`lane\` ${address.lane} it is ${inverse}`,
  );
}

function checkRegion(report: Report, region: PmuConfig['read'][number]['region']): void {
  report.at('region').expect(region.count <= 1 || region.stride !== 0, 'W0841', `${region.count} regions with \`stride\` 0 are one`);
}

function checkTokens(report: Report, pmu: Arch['pmu'], config: PmuConfig): void {
  const contexts = [...config.write, ...config.read];
  const fedBy = new Map<number, number>();
  config.tokenIn.forEach((token, t) => {
    if (!token.used) return;
    const here = report.at(`tokenIn[${t}]`);
    checkContext(here, token.context, contexts);
    here.require(token.source < pmu.controlIn + pmu.tokens, 'E0845', () => `\`source\` ${token.source} of ${pmu.controlIn + pmu.tokens}`);
    if (token.source < pmu.controlIn) {
      const other = fedBy.get(token.source);
      here.require(
        other === undefined,
        'E0857',
        `network input ${token.source} already feeds \`tokenIn[${other}]\`, the lower number`,
        'use another network input',
      );
      if (other === undefined) fedBy.set(token.source, t);
    } else {
      const local = token.source - pmu.controlIn;
      here.expect(local >= pmu.tokens || config.tokenOut[local].used === 1, 'W0842', `waits for \`tokenOut[${local}]\`, which is not used`);
    }
  });
  config.tokenOut.forEach((token, t) => {
    if (!token.used) return;
    const here = report.at(`tokenOut[${t}]`);
    checkContext(here, token.context, contexts);
    here.require(!token.net || t < pmu.controlOut, 'E0858', `\`net\` on a token output above the ${pmu.controlOut} of the network`);
  });
}

function checkContext(report: Report, context: number, contexts: readonly { readonly enable: number }[]): void {
  report.require(context < contexts.length, 'E0845', () => `context ${context} of ${contexts.length}`);
  report.expect(
    context >= contexts.length || contexts[context].enable === 1,
    'W0843',
    `belongs to context ${context}, which is not enabled`,
  );
}
