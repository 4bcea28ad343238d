/** Many tokens, few token inputs: compute units that wait for several tokens and send one. */
import { zeroOf } from '../../base/bitstruct.ts';
import { pcuLayout } from '../../fabric/config.ts';
import type { NetlistBuilder, Outlet, Unit } from './builder.ts';

/** From the last stage in use, so that the unit is quiet once the token, which may end the run, is out. */
export function sendToken(builder: NetlistBuilder, unit: Unit<'pcu'>, mask: number, source = 0): number {
  const port = builder.port(unit, 'control', 'out');
  Object.assign(unit.config.tokenOut[port], { used: 1, source, mask });
  return port;
}

/** Joins token outlets, the oldest first, until there are at most `most`. Every outlet sends one token a run. */
export function joinTokens(builder: NetlistBuilder, outlets: readonly Outlet[], most: number): Outlet[] {
  const { arch } = builder;
  const waiting = [...outlets];
  for (let n = 0; waiting.length > most && arch.pcu.controlIn > 1; n++) {
    const config = zeroOf(pcuLayout(arch));
    const unit = builder.add('pcu', `pcu.join${n}`, config, `join${n}`);
    // No counters: one issue, when every input holds its token.
    config.enable = 1;
    config.chain.par = 1;
    for (const outlet of waiting.splice(0, Math.min(arch.pcu.controlIn, waiting.length - most + 1))) {
      const port = builder.port(unit, 'control', 'in');
      config.tokenIn[port] = { used: 1, mask: 0, init: 0 };
      builder.connect(outlet, { unit, port }, `${outlet.unit} done`);
    }
    const port = sendToken(builder, unit, 0);
    waiting.push({ unit: unit.id, net: 'control', port });
  }
  return waiting;
}
