/**
 * A golden unit and its RTL side by side: random streams with random stalls are played on the golden unit and
 * written down, then replayed on the Verilated module, whose outputs must be the same in every cycle.
 */
import { packBits, widthOf } from '../../src/base/bitstruct.ts';
import type { Rng } from '../../src/base/rng.ts';
import { type ReplayBench, type ReplayPort, replayBench } from '../../src/cosim/replay.ts';
import { unitLayout } from '../../src/fabric/config.ts';
import { type NetClass, payloadBits, portsOf } from '../../src/fabric/ports.ts';
import type { UnitBench } from '../../src/sim/bench.ts';
import type { Fifo } from '../../src/sim/fifo.ts';
import type { archNamed } from './fabric.ts';

type Arch = ReturnType<typeof archNamed>;
export type StreamKind = 'pcu' | 'pmu';

const PREFIX: Record<NetClass, string> = { vector: 'v', scalar: 's', control: 'c' };
const NETS: readonly NetClass[] = ['vector', 'scalar', 'control'];

/** The replay bench of a unit whose ports are streams only. */
export function unitReplay(
  arch: Arch,
  kind: StreamKind,
  files: readonly { module: string; text: string }[],
  directory: string,
): Promise<ReplayBench> {
  const ports = portsOf(arch, kind);
  const inputs: ReplayPort[] = ['clear_i', 'armed_i'].map((name) => ({ name, width: 1 }));
  const outputs: ReplayPort[] = [{ name: 'error_o', width: 2 }];
  for (const net of NETS) {
    const p = PREFIX[net];
    const bits = payloadBits(arch, net);
    inputs.push({ name: `${p}in_valid_i`, width: ports[net].in }, { name: `${p}out_ready_i`, width: ports[net].out });
    outputs.push({ name: `${p}in_ready_o`, width: ports[net].in }, { name: `${p}out_valid_o`, width: ports[net].out });
    if (bits > 0) {
      inputs.push({ name: `${p}in_data_i`, width: bits * ports[net].in });
      outputs.push({ name: `${p}out_data_o`, width: bits * ports[net].out });
    }
  }
  const layout = unitLayout(arch, kind);
  return replayBench(
    {
      top: `kiln_${kind}`,
      files: files.map(({ module, text }) => ({ path: `${module}.sv`, text })),
      constants: [{ name: 'cfg_i', width: widthOf(layout) }],
      inputs,
      outputs,
    },
    directory,
  );
}

export interface Recording {
  readonly config: Uint32Array;
  readonly stimulus: Uint32Array;
  readonly expected: readonly Expectation[];
  /** Entries moved in or out. */
  readonly transfers: number;
}

/** Bits of an output that must have a value in a cycle. */
interface Expectation {
  readonly cycle: number;
  readonly port: string;
  readonly lsb: number;
  readonly width: number;
  readonly value: bigint;
}

/** Plays `cycles` random cycles on the golden unit. `errors` gives the sticky error bits after each cycle. */
export function record(
  arch: Arch,
  kind: StreamKind,
  bench: ReplayBench,
  unit: UnitBench,
  config: object,
  rng: Rng,
  options: { readonly cycles: number; readonly floats: boolean; readonly errors: () => number },
): Recording {
  const { lanes } = arch.pcu;
  const stimulus = new Uint32Array((options.cycles + 1) * bench.stimulus.words);
  const expected: Expectation[] = [];
  let transfers = 0;
  const put = (cycle: number, port: string, lsb: number, width: number, value: bigint) =>
    writeBits(stimulus, cycle * bench.stimulus.words + bench.stimulus.at(port), lsb, width, value);
  put(0, 'clear_i', 0, 1, 1n);
  const rate = () => rng.pick([1, 1, 0.7, 0.3]);
  const inputs = NETS.map((net) =>
    unit.unit.inputs[net].map(() => ({ rate: net === 'control' ? 0.3 * rate() : rate(), waiting: undefined as Entry | undefined })),
  );
  const outputs = NETS.map((net) => unit.unit.outputs[net].map(rate));
  for (let cycle = 1; cycle <= options.cycles; cycle++) {
    const armed = cycle >= 3;
    put(cycle, 'armed_i', 0, 1, BigInt(armed));
    expected.push({ cycle, port: 'error_o', lsb: 0, width: 2, value: BigInt(options.errors()) });
    NETS.forEach((net, n) => {
      const bits = payloadBits(arch, net);
      const p = PREFIX[net];
      unit.unit.inputs[net].forEach((fifo, i) => {
        const source = inputs[n][i];
        expected.push({ cycle, port: `${p}in_ready_o`, lsb: i, width: 1, value: BigInt(fifo.ready) });
        if (!source.waiting && rng.chance(source.rate)) source.waiting = randomEntry(rng, net, lanes, options.floats);
        // A switch gives only what is taken.
        if (!source.waiting || !fifo.ready) return;
        put(cycle, `${p}in_valid_i`, i, 1, 1n);
        if (bits > 0) put(cycle, `${p}in_data_i`, i * bits, bits, payload(net, lanes, source.waiting));
        fifo.push(source.waiting.words, source.waiting.mask, source.waiting.last);
        source.waiting = undefined;
        transfers++;
      });
      unit.unit.outputs[net].forEach((fifo, i) => {
        expected.push({ cycle, port: `${p}out_valid_o`, lsb: i, width: 1, value: BigInt(fifo.valid) });
        if (fifo.valid && bits > 0)
          expected.push({ cycle, port: `${p}out_data_o`, lsb: i * bits, width: bits, value: payload(net, lanes, headOf(fifo)) });
        if (!rng.chance(outputs[n][i])) return;
        put(cycle, `${p}out_ready_i`, i, 1, 1n);
        if (!fifo.valid) return;
        fifo.pop();
        transfers++;
      });
    });
    unit.cycle(armed);
  }
  return { config: packBits(unitLayout(arch, kind) as never, config as never), stimulus, expected, transfers };
}

/** The first bits that differ, told with the port. */
export function firstDifference(bench: ReplayBench, expected: readonly Expectation[], got: Uint32Array): string | undefined {
  for (const { cycle, port, lsb, width, value } of expected) {
    const is = readBits(got, cycle * bench.answer.words + bench.answer.at(port), lsb, width);
    if (is !== value) return `cycle ${cycle}, ${port} bit ${lsb} (${width}): RTL ${is.toString(16)}, golden ${value.toString(16)}`;
  }
  return undefined;
}

interface Entry {
  readonly words: readonly number[];
  readonly mask: number;
  readonly last: number;
}

function randomEntry(rng: Rng, net: NetClass, lanes: number, floats: boolean): Entry {
  const word = () => (floats ? rng.float32Bits() : rng.pick([rng.int(-20, 20), rng.int(-20, 20), rng.int32()]));
  if (net === 'control') return { words: [], mask: 0, last: 0 };
  if (net === 'scalar') return { words: [rng.chance(0.5) ? rng.int(-2, 6) : word()], mask: 0, last: rng.int(0, 1) };
  const mask = rng.chance(0.6) ? (lanes === 32 ? -1 : (1 << lanes) - 1) : rng.int32() & (lanes === 32 ? -1 : (1 << lanes) - 1);
  return { words: Array.from({ length: lanes }, (_, i) => ((mask >> i) & 1 ? word() : 0)), mask, last: rng.int(0, 1) };
}

const headOf = (fifo: Fifo): Entry => ({
  words: Array.from({ length: fifo.width }, (_, i) => fifo.word(i)),
  mask: fifo.masks[fifo.head],
  last: fifo.lasts[fifo.head],
});

function payload(net: NetClass, lanes: number, { words, mask, last }: Entry): bigint {
  if (net === 'scalar') return BigInt(words[0] >>> 0) | (BigInt(last) << 32n);
  let value = 0n;
  for (let i = lanes - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i] >>> 0);
  const laneMask = BigInt(mask >>> 0) & ((1n << BigInt(lanes)) - 1n);
  return value | (laneMask << BigInt(32 * lanes)) | (BigInt(last) << BigInt(33 * lanes));
}

function writeBits(words: Uint32Array, at: number, lsb: number, width: number, value: bigint): void {
  for (let done = 0; done < width; ) {
    const bit = lsb + done;
    const take = Math.min(32 - (bit & 31), width - done);
    const part = Number((value >> BigInt(done)) & ((1n << BigInt(take)) - 1n));
    words[at + (bit >> 5)] |= part << (bit & 31);
    done += take;
  }
}

function readBits(words: Uint32Array, at: number, lsb: number, width: number): bigint {
  let value = 0n;
  for (let done = 0; done < width; ) {
    const bit = lsb + done;
    const take = Math.min(32 - (bit & 31), width - done);
    const part = (BigInt(words[at + (bit >> 5)]) >> BigInt(bit & 31)) & ((1n << BigInt(take)) - 1n);
    value |= part << BigInt(done);
    done += take;
  }
  return value;
}
