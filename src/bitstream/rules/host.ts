/** Design rules of the host tile. */
import type { HostConfig } from '../../fabric/config.ts';
import type { Report } from './report.ts';

/** A token counter saturates: what it cannot count to never comes. */
const TOKENS_MAX = 255;

export function checkHost(report: Report, config: HostConfig): void {
  config.tokens.forEach(({ expect }, t) => {
    report
      .at(`tokens[${t}]`)
      .require(
        expect <= TOKENS_MAX,
        'E0864',
        `\`expect\` is ${expect}, but a token counter counts to ${TOKENS_MAX}`,
        'send one token for many',
      );
  });
}
