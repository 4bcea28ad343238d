/**
 * Every bit of a unit's configuration, flipped in random configurations: golden model and RTL must change alike. A
 * bit that changes nothing in one configuration is tried in others; what never changes anything is listed.
 */
import { type Field, leavesOf, packBits, unpackBits, widthOf } from '../../src/base/bitstruct.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import { checkAg } from '../../src/bitstream/rules/ag.ts';
import { checkHost } from '../../src/bitstream/rules/host.ts';
import { checkPcu } from '../../src/bitstream/rules/pcu.ts';
import { checkPmu } from '../../src/bitstream/rules/pmu.ts';
import { Report } from '../../src/bitstream/rules/report.ts';
import { type Recording, type ReplayBench, tellDifference } from '../../src/cosim/replay.ts';
import {
  type AgConfig,
  agLayout,
  type HostConfig,
  hostLayout,
  type PcuConfig,
  type PmuConfig,
  pcuLayout,
  pmuLayout,
} from '../../src/fabric/config.ts';
import { archNamed } from '../support/fabric.ts';
import { playAg } from '../support/proof/ag.ts';
import { playHost, randomHost } from '../support/proof/host.ts';
import { moduleBench } from '../support/proof/module.ts';
import { playPcu, playPmu } from '../support/proof/units.ts';
import { randomAg, randomPcu, randomPmu } from '../support/random-units.ts';

const arch = archNamed('tiny');

interface BitTarget {
  readonly name: string;
  readonly layout: Field;
  random(rng: Rng): object;
  /** The design rules of the encoder. */
  check(report: Report, config: object): void;
  play(bench: ReplayBench, config: object, rng: Rng, cycles: number): Recording;
}

export const BIT_TARGETS: readonly BitTarget[] = [
  {
    name: 'pcu',
    layout: pcuLayout(arch),
    random: (rng) => randomPcu(arch, rng),
    check: (report, config) => checkPcu(report, arch, config as PcuConfig),
    play: (bench, config, rng, cycles) => playPcu(arch, bench, config as PcuConfig, rng, { cycles }),
  },
  {
    name: 'pmu',
    layout: pmuLayout(arch),
    random: (rng) => randomPmu(arch, rng),
    check: (report, config) => checkPmu(report, arch, config as PmuConfig),
    play: (bench, config, rng, cycles) => playPmu(arch, bench, config as PmuConfig, rng, { cycles }),
  },
  {
    name: 'ag',
    layout: agLayout(arch),
    random: (rng) => randomAg(arch, rng),
    check: (report, config) => checkAg(report, arch, config as AgConfig),
    play: (bench, config, rng, cycles) => playAg(arch, bench, config as AgConfig, rng, cycles),
  },
  {
    name: 'host',
    layout: hostLayout(arch),
    random: (rng) => randomHost(arch, rng),
    check: (report, config) => checkHost(report, config as HostConfig),
    play: (bench, config, rng, cycles) => playHost(arch, bench, config as HostConfig, rng, cycles),
  },
];

export interface BitScore {
  readonly name: string;
  readonly bits: number;
  /** Flips tried in all; those that the encoder would refuse, and of these the ones on which the models part. */
  readonly flips: number;
  readonly refused: number;
  readonly refusedApart: number;
  /** Bits that change what the unit does in some configuration. */
  readonly changing: number;
  /** Fields of those that never did, with the number of their bits. */
  readonly silent: ReadonlyMap<string, number>;
  /** Flips that the encoder accepts and on which golden model and RTL part. */
  readonly apart: readonly string[];
}

const BATCH = 200;

/** Flips every bit once, and in further configurations, `rounds` in all, those that have changed nothing yet. */
export async function flipBits(target: BitTarget, rounds: number, cycles: number, seed = '1'): Promise<BitScore> {
  const bench = await moduleBench(arch, `kiln_${target.name}`);
  const bits = widthOf(target.layout);
  const silent = new Set(Array.from({ length: bits }, (_, bit) => bit));
  const leaves = leavesOf(target.layout);
  const nameOf = (bit: number) => leaves.find(({ lsb, width }) => bit >= lsb && bit < lsb + width)?.path ?? '?';
  let flips = 0;
  let refused = 0;
  let refusedApart = 0;
  const apart: string[] = [];
  for (let round = 0; round < rounds && silent.size > 0; round++) {
    const random = new Rng(`bits/${seed}/${target.name}/${round}`);
    const config = target.random(random);
    const play = (of: object) => target.play(bench, of, random.fork('run'), cycles);
    const words = packBits(target.layout, config as never);
    const before = play(config);
    const pending: { bit: number; legal: boolean; recording: Recording }[] = [];
    const settle = async () => {
      const differences = await bench.check(pending.map(({ recording }) => recording));
      differences.forEach((difference, i) => {
        const { bit, legal } = pending[i];
        if (difference === undefined) return;
        if (legal) apart.push(`${nameOf(bit)} (bit ${bit}), configuration ${round}: ${tellDifference(difference)}`);
        else refusedApart++;
      });
      pending.length = 0;
    };
    for (const bit of [...silent]) {
      const flipped = words.slice();
      flipped[bit >> 5] ^= 1 << (bit & 31);
      const other = unpackBits(target.layout, flipped) as object;
      const found: Diagnostic[] = [];
      target.check(new Report('unit', found), other);
      const legal = found.every(({ severity }) => severity !== 'error');
      flips++;
      if (!legal) refused++;
      let recording: Recording;
      try {
        recording = play(other);
      } catch (error) {
        // The golden model takes no configuration without a meaning.
        if (legal) throw error;
        silent.delete(bit);
        continue;
      }
      if (!same(before, recording)) silent.delete(bit);
      pending.push({ bit, legal, recording });
      if (pending.length === BATCH) await settle();
    }
    await settle();
  }
  const fields = new Map<string, number>();
  for (const bit of silent) {
    const field = nameOf(bit).replace(/\[\d+\]/g, '[]');
    fields.set(field, (fields.get(field) ?? 0) + 1);
  }
  return { name: target.name, bits, flips, refused, refusedApart, changing: bits - silent.size, silent: fields, apart };
}

/** The same went in and the same must come out. */
function same(a: Recording, b: Recording): boolean {
  const equal = (x: Uint32Array, y: Uint32Array) => x.length === y.length && x.every((word, i) => word === y[i]);
  return equal(a.stimulus, b.stimulus) && equal(a.want, b.want) && equal(a.care, b.care);
}
