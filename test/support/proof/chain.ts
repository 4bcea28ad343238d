/** A counter chain alone, with an affine value and every event mask: against loops, and against the golden chain. */
import { type Field, packBits } from '../../../src/base/bitstruct.ts';
import { Rng } from '../../../src/base/rng.ts';
import type { Recording, ReplayBench } from '../../../src/cosim/replay.ts';
import { type ChainConfig, pcuLayout } from '../../../src/fabric/config.ts';
import { signatureOf } from '../../../src/rtl/signature.ts';
import { Affine } from '../../../src/sim/affine.ts';
import { Chain } from '../../../src/sim/chain.ts';
import { ClockEdge, Fifo } from '../../../src/sim/fifo.ts';
import { archNamed } from '../fabric.ts';
import { counterOf, hits, issuesOf } from '../loop-reference.ts';
import { randomChain } from '../random-units.ts';
import { type BenchOptions, modulesBelow, textBench } from './module.ts';
import { Recorder } from './recorder.ts';
import { withPast } from './units.ts';

const COUNTERS = 3;
const LANES = 4;
const BOUNDS = 3;
const MASKS = 2 ** COUNTERS;
/** The shape of the configuration. */
export const CHAIN_ARCH = archNamed('tiny', { pcu: { lanes: LANES, counters: COUNTERS, scalarIn: BOUNDS } });
const { chain: chainField, guard } = pcuLayout(CHAIN_ARCH).fields as unknown as { chain: Field; guard: { fields: { at: Field } } };
const affineField = guard.fields.at;

const TOP = `// A chain, an affine value and all events of its masks.
module kiln_chain_proof (
  input  logic clk_i,
  input  logic clear_i,
  input  logic [${26 + COUNTERS * 98 - 1}:0] cfg_i,
  input  logic [${32 * (COUNTERS + 1) - 1}:0] affine_i,
  input  logic run_i,
  input  logic issue_i,
  input  logic [${BOUNDS - 1}:0] bound_valid_i,
  input  logic [${32 * BOUNDS - 1}:0] bound_data_i,
  output logic [${BOUNDS - 1}:0] bound_pop_o,
  output logic bounds_ok_o,
  output logic null_o,
  output logic [${COUNTERS - 1}:0] null_at_o,
  output logic [${COUNTERS - 1}:0] cf_o,
  output logic [${COUNTERS - 1}:0] cl_o,
  output logic [${LANES - 1}:0] lane_valid_o,
  output logic [${32 * COUNTERS - 1}:0] value_o,
  output logic final_o,
  output logic finished_o,
  output logic [31:0] affine_o,
  output logic [${MASKS - 1}:0] first_o,
  output logic [${MASKS - 1}:0] last_o
);
  logic [${COUNTERS - 1}:0] step;
  logic [${COUNTERS - 1}:0] wrap;
  kiln_chain #(.Counters (${COUNTERS}), .Lanes (${LANES}), .ScalarIn (${BOUNDS}), .BoundBits (2)) u_chain (
    .clk_i, .clear_i, .cfg_i, .run_i, .issue_i, .bound_valid_i, .bound_data_i, .bound_pop_o, .bounds_ok_o,
    .null_o, .null_at_o, .cf_o, .cl_o, .lane_valid_o, .value_o, .final_o, .finished_o, .step_o (step), .wrap_o (wrap)
  );
  kiln_affine #(.Counters (${COUNTERS}), .Width (32)) u_affine (
    .clk_i, .clear_i, .cfg_i (affine_i), .step_i (step), .wrap_i (wrap), .value_o (affine_o)
  );
  for (genvar m = 0; m < ${MASKS}; m++) begin : gen_mask
    kiln_event #(.Counters (${COUNTERS})) u_first (
      .mask_i (${COUNTERS}'(m)), .flags_i (cf_o), .null_i (null_o), .null_at_i (null_at_o), .hit_o (first_o[m])
    );
    kiln_event #(.Counters (${COUNTERS})) u_last (
      .mask_i (${COUNTERS}'(m)), .flags_i (cl_o), .null_i (null_o), .null_at_i (null_at_o), .hit_o (last_o[m])
    );
  end
endmodule
`;

export function chainBench(options: BenchOptions = {}): Promise<ReplayBench> {
  const parts = ['kiln_chain', 'kiln_affine', 'kiln_event'].flatMap((part) => modulesBelow(CHAIN_ARCH, part));
  const top = { module: 'kiln_chain_proof', template: 'a test', text: TOP, signature: signatureOf('kiln_chain_proof', 'a test', TOP) };
  const texts = options.rewrite?.([...parts, top]) ?? [...parts, top];
  return textBench(texts, top.signature, { ...options, constants: ['cfg_i', 'affine_i'] });
}

function begin(bench: ReplayBench, cycles: number, config: ChainConfig, affine: { base: number; inc: number[] }): Recorder {
  const constants = new Uint32Array(bench.constants.words);
  constants.set(packBits(chainField, config as never), bench.constants.at('cfg_i'));
  constants.set(packBits(affineField, affine as never), bench.constants.at('affine_i'));
  const recorder = new Recorder(bench, cycles + 1, constants);
  recorder.put('clear_i', 0, 1, 1);
  recorder.next();
  return recorder;
}

/** All issues of loops of so many trips, one a cycle; with `dynamic` every limit comes from a scalar input. */
export function playLoops(bench: ReplayBench, trips: readonly number[], dynamic: boolean): Recording {
  const counters = trips.map((count, c) => ({ ...counterOf(c, count), bound: dynamic ? c + 1 : 0 }));
  const issues = issuesOf(trips);
  const inc = [1, 100, 10_000];
  const recorder = begin(bench, issues.length + 1, { count: COUNTERS, par: 1, laneStep: 1, counters }, { base: 5, inc });
  for (const issue of issues) {
    const { z, at, final } = issue;
    recorder.put('run_i', 0, 1, 1);
    recorder.put('issue_i', 0, 1, 1);
    recorder.put('bound_valid_i', 0, BOUNDS, -1);
    counters.forEach(({ max }, c) => {
      recorder.put('bound_data_i', 32 * c, 32, max);
    });
    recorder.want('bounds_ok_o', 0, 1, 1);
    recorder.want('finished_o', 0, 1, 0);
    recorder.want('final_o', 0, 1, final);
    recorder.want('null_o', 0, 1, z >= 0);
    recorder.want('null_at_o', 0, COUNTERS, z < 0 ? 0 : 1 << z);
    recorder.want('lane_valid_o', 0, LANES, z < 0 ? 1 : 0);
    for (let c = Math.max(z, 0); c < COUNTERS; c++) {
      recorder.want('value_o', 32 * c, 32, counters[c].min + at[c] * counters[c].stride);
      // A bound is popped where its run begins: all counters inside are at their first trip.
      const begins = at.every((trip, inner) => inner > c || inner < Math.max(z, 0) || trip === 0);
      recorder.want('bound_pop_o', c, 1, dynamic && begins);
    }
    if (z < 0) recorder.want('affine_o', 0, 32, 5 + at.reduce((sum, trip, c) => sum + trip * inc[c], 0));
    for (let mask = 0; mask < MASKS; mask++) {
      recorder.want(
        'first_o',
        mask,
        1,
        hits(mask, issue, (c) => at[c] === 0),
      );
      recorder.want(
        'last_o',
        mask,
        1,
        hits(mask, issue, (c) => at[c] === trips[c] - 1),
      );
    }
    recorder.next();
  }
  recorder.put('run_i', 0, 1, 1);
  recorder.want('finished_o', 0, 1, 1);
  return recorder.recording;
}

/** A random chain with random stalls, against the golden one. */
export function playRandomChain(bench: ReplayBench, seed: string, cycles: number): Recording {
  const rng = new Rng(seed);
  const bounds = rng.shuffle([0, 1, 2]).slice(0, rng.int(0, 3));
  const config = randomChain(rng, { counters: COUNTERS, lanes: LANES, bounds, zeroTrips: true, scalarIn: BOUNDS });
  const affine = { base: rng.int32(), inc: Array.from({ length: COUNTERS }, () => rng.int32()) };
  return withPast(rng, cycles, (some) => playChain(bench, config, affine, rng, some));
}

function playChain(bench: ReplayBench, config: ChainConfig, affine: { base: number; inc: number[] }, rng: Rng, cycles: number): Recording {
  const recorder = begin(bench, cycles, config, affine);
  const edge = new ClockEdge();
  const inputs = Array.from({ length: BOUNDS }, () => new Fifo(edge, 2, 1));
  const sum = new Affine(affine);
  const chain = new Chain(config, inputs, [sum]);
  const rate = rng.pick([1, 0.6]);
  const supply = rng.pick([1, 0.3]);
  for (; recorder.cycle <= cycles; recorder.next()) {
    const run = rng.chance(0.95);
    recorder.put('run_i', 0, 1, Number(run));
    inputs.forEach((fifo, p) => {
      recorder.put('bound_valid_i', p, 1, Number(fifo.valid));
      // What stands at an empty queue is anything.
      recorder.put('bound_data_i', 32 * p, 32, fifo.valid ? fifo.word() : rng.int(-3, 8));
    });
    recorder.want('finished_o', 0, 1, chain.finished);
    chain.value.forEach((value, c) => {
      recorder.want('value_o', 32 * c, 32, value);
    });
    recorder.want('affine_o', 0, 32, sum.value);
    const ok = run && !chain.finished && chain.look();
    recorder.want('bounds_ok_o', 0, 1, ok);
    const issue = ok && rng.chance(rate);
    recorder.put('issue_i', 0, 1, Number(issue));
    if (!run || chain.finished) {
      for (const port of ['null_o', 'final_o']) recorder.want(port, 0, 1, 0);
      for (const port of ['null_at_o', 'cf_o', 'cl_o']) recorder.want(port, 0, COUNTERS, 0);
      recorder.want('lane_valid_o', 0, LANES, 0);
    }
    if (ok) {
      recorder.want('null_o', 0, 1, chain.z >= 0);
      recorder.want('null_at_o', 0, COUNTERS, chain.z < 0 ? 0 : 1 << chain.z);
      recorder.want('cf_o', 0, COUNTERS, chain.first & (MASKS - 1));
      recorder.want('cl_o', 0, COUNTERS, chain.last & (MASKS - 1));
      recorder.want('lane_valid_o', 0, LANES, chain.lanes & (2 ** LANES - 1));
      recorder.want('final_o', 0, 1, chain.final);
      for (let mask = 0; mask < MASKS; mask++) {
        recorder.want('first_o', mask, 1, chain.isFirst(mask));
        recorder.want('last_o', mask, 1, chain.isLast(mask));
      }
    }
    if (issue) chain.step();
    inputs.forEach((fifo, p) => {
      recorder.want('bound_pop_o', p, 1, fifo.pops);
      if (fifo.ready && rng.chance(supply)) fifo.push([rng.int(-8, 8)]);
    });
    edge.commit();
  }
  return recorder.recording;
}
