/** The host's unit: arguments out, results and tokens in, and when all are as expected. */
import type { Arch } from '../../../src/arch/schema.ts';
import { packBits, zeroOf } from '../../../src/base/bitstruct.ts';
import { Rng } from '../../../src/base/rng.ts';
import type { ReplayLayout } from '../../../src/cosim/replay.ts';
import { type HostConfig, hostLayout } from '../../../src/fabric/config.ts';
import type { NetClass } from '../../../src/fabric/ports.ts';
import { UnitBench } from '../../../src/sim/bench.ts';
import { Host } from '../../../src/sim/host.ts';
import { Recorder } from './recorder.ts';
import { queuesOf, randomRates, StreamPlayer } from './streams.ts';
import { ARMED, type Played, withPast } from './units.ts';

/** Expectations that a run of a few dozen cycles can meet, pass, or never meet. */
export function randomHost(arch: Arch, rng: Rng): HostConfig {
  const config = zeroOf(hostLayout(arch));
  const busy = rng.pick([0, 0.3, 0.8]);
  const few = rng.chance(0.7);
  const expect = (most: number) => (rng.chance(busy) ? rng.int(0, few ? 3 : most) : 0);
  config.args.forEach((arg) => {
    arg.used = rng.int(0, 1);
  });
  config.results.forEach((result) => {
    result.expect = rng.chance(0.02) ? rng.next32() : expect(40);
  });
  config.tokens.forEach((token) => {
    token.expect = rng.chance(0.02) ? rng.int(256, 65535) : expect(rng.pick([8, 255]));
  });
  return config;
}

export function playRandomHost(arch: Arch, bench: ReplayLayout, seed: string, cycles: number): Played & { readonly oks: number } {
  const rng = new Rng(seed);
  const config = randomHost(arch, rng);
  return withPast(rng, cycles, (some) => playHost(arch, bench, config, rng, some));
}

export function playHost(arch: Arch, bench: ReplayLayout, config: HostConfig, rng: Rng, cycles: number): Played & { readonly oks: number } {
  const args = config.args.map(() => rng.int32());
  const golden = new UnitBench(arch, (context) => new Host(context, config, args));
  const { unit } = golden;
  const recorder = new Recorder(bench, cycles + 1, packBits(hostLayout(arch), config));
  const putArgs = () =>
    args.forEach((word, i) => {
      recorder.put('args_i', 32 * i, 32, word);
    });
  putArgs();
  recorder.put('clear_i', 0, 1, 1);
  recorder.next();
  // Mostly what is expected comes and no more, so that the run is over for a while; sometimes one more does.
  const rates = randomRates(rng);
  const exact = rng.chance(0.7);
  const more = rng.pick([0, 0, 0.002]);
  const sent = { scalar: config.results.map(() => 0), control: config.tokens.map(() => 0) };
  const offers = (net: NetClass, i: number): boolean => {
    const list = net === 'scalar' ? sent.scalar : sent.control;
    const { expect } = (net === 'scalar' ? config.results : config.tokens)[i];
    if (exact && list[i] >= expect && !rng.chance(more)) return false;
    list[i]++;
    return true;
  };
  const player = new StreamPlayer(recorder, arch, unit, rng, rates, { floats: false, small: 0.2 }, true, offers);
  const queues = queuesOf(unit);
  let oks = 0;
  for (; recorder.cycle <= cycles; recorder.next()) {
    const armed = recorder.cycle >= ARMED;
    recorder.put('armed_i', 0, 1, Number(armed));
    putArgs();
    recorder.want('ok_o', 0, 1, unit.ok);
    if (unit.ok) oks++;
    if (armed)
      recorder.want(
        'quiet_o',
        0,
        1,
        queues.every(({ valid }) => !valid),
      );
    unit.results.forEach((word, i) => {
      recorder.want('results_o', 32 * i, 32, word);
    });
    player.cycle();
    // The arguments are heads from the first armed cycle on.
    if (recorder.cycle === ARMED - 1) unit.start();
    // What has come is counted whether or not the units are armed: nothing comes before.
    golden.cycle(true);
  }
  return { ...recorder.recording, pushed: player.pushed, popped: player.popped, issues: 0, errors: golden.errors.length, oks };
}
