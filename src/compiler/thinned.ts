/** Outputs of compute units whose rate data decides: what is counted from loops does not hold for them. */
import type { PcuConfig } from '../fabric/config.ts';
import type { NetClass } from '../fabric/ports.ts';

/** May the output leave out what its mask says it sends? */
export function isThinned(config: PcuConfig, net: NetClass, port: number): boolean {
  if (net !== 'vector') return (net === 'scalar' ? config.scalarOut : config.tokenOut)[port].when === 1;
  return config.vectorOut[port].drop === 1 || (port === 0 && config.compact.used === 1);
}
