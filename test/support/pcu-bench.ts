/** The replay bench of `kiln_pcu`, and access to the bits of its recordings. */
import type { Arch } from '../../src/arch/schema.ts';
import { widthOf } from '../../src/base/bitstruct.ts';
import { type ReplayBench, type ReplayPort, replayBench } from '../../src/cosim/replay.ts';
import { pcuLayout } from '../../src/fabric/config.ts';
import { payloadBits } from '../../src/fabric/ports.ts';
import { libModules, pcuModules } from '../../src/rtl/pcu.ts';

const port = (name: string, width = 1): ReplayPort => ({ name, width });

/** Builds `kiln_pcu` of `arch` for replay; `name` tells builds apart. */
export function pcuBench(arch: Arch, name: string): Promise<ReplayBench> {
  const { pcu } = arch;
  const vector = payloadBits(arch, 'vector');
  const scalar = payloadBits(arch, 'scalar');
  const modules = [...libModules(arch, 'a test'), ...pcuModules(arch, 'a test')];
  return replayBench(
    {
      top: 'kiln_pcu',
      files: modules.map(({ module, text }) => ({ path: `${module}.sv`, text })),
      constants: [port('cfg_i', widthOf(pcuLayout(arch)))],
      inputs: [
        port('clear_i'),
        port('armed_i'),
        port('vin_valid_i', pcu.vectorIn),
        port('vin_data_i', pcu.vectorIn * vector),
        port('sin_valid_i', pcu.scalarIn),
        port('sin_data_i', pcu.scalarIn * scalar),
        port('cin_valid_i', pcu.controlIn),
        port('vout_ready_i', pcu.vectorOut),
        port('sout_ready_i', pcu.scalarOut),
        port('cout_ready_i', pcu.controlOut),
      ],
      outputs: [
        port('vin_ready_o', pcu.vectorIn),
        port('sin_ready_o', pcu.scalarIn),
        port('cin_ready_o', pcu.controlIn),
        port('vout_valid_o', pcu.vectorOut),
        port('vout_data_o', pcu.vectorOut * vector),
        port('sout_valid_o', pcu.scalarOut),
        port('sout_data_o', pcu.scalarOut * scalar),
        port('cout_valid_o', pcu.controlOut),
        port('active_o'),
        port('quiet_o'),
        port('error_o', 2),
      ],
    },
    `build/cosim/pcu-${name}`,
  );
}

/** Ors `width` bits of `value` into `words` from bit `at` up. */
export function putBits(words: Uint32Array, at: number, width: number, value: number): void {
  const bits = width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
  const word = at >>> 5;
  const shift = at & 31;
  words[word] = (words[word] | (bits << shift)) >>> 0;
  if (shift + width > 32) words[word + 1] = (words[word + 1] | (bits >>> (32 - shift))) >>> 0;
}

/** `width` bits of `words` from bit `at` up. */
export function getBits(words: Uint32Array, at: number, width: number): number {
  const word = at >>> 5;
  const shift = at & 31;
  let value = words[word] >>> shift;
  if (shift + width > 32) value |= words[word + 1] << (32 - shift);
  return width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
}
