/** The view of the host's unit in the fabric. */
import type { Arch } from '../../arch/schema.ts';
import { bitsFor, widthOf } from '../../base/bitstruct.ts';
import { hostLayout } from '../../fabric/config.ts';
import { payloadBits } from '../../fabric/ports.ts';
import { type BitRange, fieldsOf } from './fields.ts';

export interface HostView {
  readonly banner: string;
  readonly cfgMsb: number;
  readonly args: readonly { readonly used: number }[];
  readonly results: readonly { readonly expect: BitRange; readonly data: BitRange; readonly word: BitRange }[];
  readonly tokens: readonly { readonly expect: BitRange }[];
  readonly argMsb: number;
  readonly argDataMsb: number;
  readonly argWordsMsb: number;
  readonly resultMsb: number;
  readonly resultDataMsb: number;
  readonly resultWordsMsb: number;
  readonly tokenMsb: number;
  readonly fifoDepth: number;
  readonly fifoCountMsb: number;
}

const slot = (index: number, width: number): BitRange => ({ msb: (index + 1) * width - 1, lsb: index * width });

/** The view of `kiln_host`. */
export function hostView(arch: Arch, banner = 'an architecture'): HostView {
  const { host, fifo } = arch;
  const layout = hostLayout(arch);
  const at = fieldsOf(layout);
  const scalar = payloadBits(arch, 'scalar');
  return {
    banner,
    cfgMsb: widthOf(layout) - 1,
    args: Array.from({ length: host.args }, (_, i) => ({ used: at.bit(`args[${i}]`) })),
    results: Array.from({ length: host.results }, (_, i) => ({
      expect: at.range(`results[${i}]`),
      data: slot(i, scalar),
      word: slot(i, 32),
    })),
    tokens: Array.from({ length: host.tokens }, (_, i) => ({ expect: at.range(`tokens[${i}]`) })),
    argMsb: host.args - 1,
    argDataMsb: scalar * host.args - 1,
    argWordsMsb: 32 * host.args - 1,
    resultMsb: host.results - 1,
    resultDataMsb: scalar * host.results - 1,
    resultWordsMsb: 32 * host.results - 1,
    tokenMsb: host.tokens - 1,
    fifoDepth: fifo.scalar,
    fifoCountMsb: bitsFor(fifo.scalar + 1) - 1,
  };
}

/** The template of `hostView`. */
export const HOST_TEMPLATES: readonly { readonly module: string; readonly template: string }[] = [
  { module: 'kiln_host', template: 'unit/host.sv.njk' },
];
