/** DRAM as the host prepares it: input arrays at their addresses. The bitstream lies on the page after the last one. */

import type { Arch } from '../../arch/schema.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { type KbitInterface, loaderPart } from '../../bitstream/format.ts';
import { sectionsOf } from '../../bitstream/sections.ts';
import type { Answers } from '../../ir/evaluate.ts';
import { memoryTooSmall } from './messages.ts';

const PAGE_BYTES = 4096;
const page = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;

/** Bytes of DRAM before a run. Throws when arrays and bitstream (of several sections the longest) lie beyond the architecture's addresses. */
export function dramImage(arch: Arch, host: KbitInterface, kbit: Uint8Array, inputs: ReadonlyMap<string, Uint32Array>): Uint8Array {
  const size = page(host.dramBytes) + Math.max(...sectionsOf(kbit).map((section) => page(loaderPart(section).length)));
  if (size > 2 ** arch.memory.addressBits) throw new DiagnosticError(memoryTooSmall(size, arch.memory.addressBits));
  const bytes = new Uint8Array(page(host.dramBytes));
  for (const { name, address } of host.inputs) {
    const words = inputs.get(name);
    if (words) bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), address);
  }
  return bytes;
}

/** Outputs out of a DRAM after a run, and results out of the result registers. */
export function answersFrom(host: KbitInterface, dram: Uint8Array, registers: ArrayLike<number>): Answers {
  const outputs = host.outputs.map(({ name, shape, address }) => {
    const words = shape.reduce((product, size) => product * size, 1);
    const copy = dram.slice(address, address + 4 * words);
    return [name, new Uint32Array(copy.buffer, 0, words)] as const;
  });
  return { outputs: new Map(outputs), results: new Map(host.results.map(({ name, index }) => [name, registers[index] >>> 0])) };
}

/** The argument registers of a run. */
export function argumentRegisters(arch: Arch, host: KbitInterface, args: ReadonlyMap<string, number>): Uint32Array {
  const registers = new Uint32Array(arch.host.args);
  for (const { name, index } of host.arguments) registers[index] = (args.get(name) ?? 0) >>> 0;
  return registers;
}
