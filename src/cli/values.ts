/** Values of options; commander turns what they throw into a usage error. */
import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../base/text.ts';
import { DRAM_PROFILES, type DramProfile } from '../sim/dram-profile.ts';
import type { NetworkMode } from '../sim/network.ts';
import { WITNESSES, type Witness } from '../sweep/point/witness.ts';

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

export function witnessList(text: string): ReadonlySet<Witness> {
  return new Set(text.split(',').map((word) => oneOf(WITNESSES, word.trim())));
}

export function dramProfile(text: string): DramProfile {
  return DRAM_PROFILES[oneOf(Object.keys(DRAM_PROFILES) as (keyof typeof DRAM_PROFILES)[], text)];
}

export function networkMode(text: string): NetworkMode {
  return oneOf(['routed', 'ideal'] as const, text);
}

function oneOf<T extends string>(known: readonly T[], word: string): T {
  const found = known.find((candidate) => candidate === word);
  if (found !== undefined) return found;
  const near = didYouMean(word, known);
  throw new InvalidArgumentError(`${near ? `Did you mean ${near}?` : `One of ${known.join(', ')}.`}`);
}
