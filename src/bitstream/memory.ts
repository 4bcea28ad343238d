/** What may stand in the initial contents of a tile. */
import type { MemoryWords } from '../fabric/config.ts';
import type { TileKind } from '../fabric/ports.ts';
import { type Arch, MEMORY_FRAME } from './format.ts';

/** What is wrong with runs of memory words for a tile of `kind`, in words; nothing for ones that can be loaded. */
export function memoryFault({ pcu, pmu }: Arch, kind: TileKind, runs: readonly MemoryWords[]): string | undefined {
  if (kind !== 'pmu') return `a ${kind} has no memory`;
  const capacity = pcu.lanes * pmu.bankWords;
  let end = 0;
  for (const { address, words } of runs) {
    if (words.length < 1 || words.length > MEMORY_FRAME) return `${words.length} words in one run; 1 to ${MEMORY_FRAME} can be`;
    if (address < end) return `words from address ${address} on, but those before them go on to ${end}`;
    end = address + words.length;
    if (end > capacity) return `words up to address ${end - 1}; the memory has ${capacity}`;
  }
  return undefined;
}
