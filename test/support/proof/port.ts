/**
 * A memory port: address generators that offer bursts when they like on one side, a memory that takes and answers when it
 * likes on the other, and the loader while no generator reads.
 */
import type { Arch } from '../../../src/arch/schema.ts';
import { Rng } from '../../../src/base/rng.ts';
import type { Recording, ReplayBench } from '../../../src/cosim/replay.ts';
import type { Ag } from '../../../src/sim/ag/ag.ts';
import { ClockEdge, Fifo } from '../../../src/sim/fifo.ts';
import { AxiPort, type Memory } from '../../../src/sim/ports.ts';
import { type BenchOptions, modulesBelow, textBench } from './module.ts';
import { Recorder } from './recorder.ts';
import { withPast } from './units.ts';

const BEAT_WORDS = 16;
const LOADER = 255;
const MODULE = 'kiln_coalescer';

/** Port `port` of the architecture with so many generators, its parameters fixed by a wrapper. */
export function portBench(arch: Arch, generators: number, port: number, options: BenchOptions = {}): Promise<ReplayBench> {
  const modules = modulesBelow(arch, MODULE);
  const { ports } = modules.at(-1)!.signature;
  const widths = ports.map(({ name, direction, width }) => ({
    name,
    direction,
    // `Generators`, `Generators*512`, or a number.
    width: typeof width === 'number' ? width : generators * Number(/\d+/.exec(width.replace('Generators', ''))?.[0] ?? 1),
  }));
  const name = `${MODULE}_${generators}_${port}`;
  const text = `module ${name} (
${widths.map((p) => `  ${p.direction} logic [${p.width - 1}:0] ${p.name}`).join(',\n')}
);
  ${MODULE} #(.Generators(${generators}), .Port(${port})) u_port (
${widths.map((p) => `    .${p.name}(${p.name}${p.width === 1 ? '[0]' : ''})`).join(',\n')}
  );
endmodule
`;
  const clock = text.replace('input logic [0:0] clk_i', 'input logic clk_i').replace('.clk_i(clk_i[0])', '.clk_i(clk_i)');
  const signature = { ...modules.at(-1)!.signature, name, ports: widths };
  const parts = [...modules, { module: name, template: 'a test', text: clock, signature }];
  return textBench(options.rewrite?.(parts) ?? parts, signature, { flags: ['-Wno-lint', '-Wno-style'], ...options, constants: [] });
}

export interface PlayedPort extends Recording {
  readonly bursts: number;
  readonly beats: number;
}

export function playRandomPort(arch: Arch, bench: ReplayBench, generators: number, port: number, seed: string, cycles: number): PlayedPort {
  const rng = new Rng(seed);
  return withPast(rng, cycles, (some) => playPort(arch, bench, generators, port, rng, some));
}

/** What the port sees of an address generator. */
function generator(edge: ClockEdge, index: number) {
  const self = {
    index,
    readAddresses: new Fifo(edge, 2, 2),
    writeAddresses: new Fifo(edge, 4, 2),
    writeBeats: new Fifo(edge, 8, BEAT_WORDS),
    responses: new Fifo(edge, 1024, BEAT_WORDS),
    answered: false,
    /** Beats of bursts offered that are still to be made. */
    due: 0,
    get offersWrite() {
      return self.writeAddresses.valid;
    },
    takeWriteAddress() {
      self.writeAddresses.pop();
    },
    answer() {
      self.answered = true;
    },
  };
  return self;
}

function playPort(arch: Arch, bench: ReplayBench, generators: number, port: number, rng: Rng, cycles: number): PlayedPort {
  const { addressBits, ports } = arch.memory;
  const recorder = new Recorder(bench, cycles + 1);
  recorder.put('clear_i', 0, 1, 1);
  recorder.next();
  const edge = new ClockEdge();
  const ags = Array.from({ length: generators }, (_, k) => generator(edge, port + k * ports));
  const golden = new AxiPort(port, ags as unknown as Ag[], edge);
  const rate = () => rng.pick([1, 1, 0.6, 0.2]);
  const rates = { ar: rate(), aw: rate(), w: rate(), r: rate(), b: rate(), read: rate(), write: rate(), beat: rate() };
  const busy = ags.map(() => rng.pick([1, 0.5, 0.05]));
  const beatsAhead = 2 ** Math.min(26, addressBits - 6) - 1;
  const id = () => (rng.chance(0.05) ? rng.int(0, LOADER) : rng.pick(ags).index);
  let moved = false;
  let failed = false;
  let loading: { beat: number; length: number } | undefined;
  let bursts = 0;
  let beats = 0;
  const address = (channel: string, lsb: number, beat: number) => {
    recorder.put(channel, lsb, Math.min(32, addressBits), beat * 64);
    if (addressBits > 32) recorder.put(channel, lsb + 32, addressBits - 32, Math.floor((beat * 64) / 2 ** 32));
  };
  const wantAddress = (channel: string, at: number) => {
    recorder.want(channel, 0, Math.min(32, addressBits), at % 2 ** 32);
    if (addressBits > 32) recorder.want(channel, 32, addressBits - 32, Math.floor(at / 2 ** 32));
  };
  for (; recorder.cycle <= cycles; recorder.next()) {
    recorder.want('active_o', 0, 1, moved);
    recorder.want('error_o', 0, 1, failed);
    ags.forEach((ag, k) => {
      ag.answered = false;
      for (const [channel, fifo] of [
        ['ar', ag.readAddresses],
        ['aw', ag.writeAddresses],
      ] as const) {
        if (!fifo.valid) continue;
        recorder.put(`${channel}_valid_i`, k, 1, 1);
        address(`${channel}_addr_i`, k * addressBits, fifo.word(0));
        recorder.put(`${channel}_len_i`, 8 * k, 8, fifo.word(1) - 1);
      }
      if (!ag.writeBeats.valid) return;
      recorder.put('w_valid_i', k, 1, 1);
      for (let i = 0; i < BEAT_WORDS; i++) {
        recorder.put('w_data_i', 512 * k + 32 * i, 32, ag.writeBeats.word(i));
        recorder.put('w_strb_i', 64 * k + 4 * i, 4, (ag.writeBeats.masks[ag.writeBeats.head] >> i) & 1 ? 15 : 0);
      }
    });
    // The loader reads before a run, so never against a generator.
    const quiet = ags.every(({ readAddresses }) => !readAddresses.valid);
    if (quiet && (loading ?? rng.chance(0.1))) loading ??= { beat: rng.int(0, beatsAhead), length: rng.int(0, 15) };
    const ready = { ar: rng.chance(rates.ar), aw: rng.chance(rates.aw), w: rng.chance(rates.w) };
    recorder.put('arready_i', 0, 1, Number(ready.ar));
    recorder.put('awready_i', 0, 1, Number(ready.aw));
    recorder.put('wready_i', 0, 1, Number(ready.w));
    const read = rng.chance(rates.r) ? { id: id(), data: Uint32Array.of(...Array(BEAT_WORDS).fill(0)), last: false } : undefined;
    const response = rng.chance(rates.b) ? { id: id() } : undefined;
    const wrong = { r: rng.chance(0.03) ? rng.int(1, 3) : 0, b: rng.chance(0.03) ? rng.int(1, 3) : 0 };
    recorder.put('rresp_i', 0, 2, wrong.r);
    recorder.put('bresp_i', 0, 2, wrong.b);
    if (read) {
      recorder.put('rvalid_i', 0, 1, 1);
      recorder.put('rid_i', 0, 8, read.id);
    }
    if (response) {
      recorder.put('bvalid_i', 0, 1, 1);
      recorder.put('bid_i', 0, 8, response.id);
    }
    const offered = { ar: false, aw: false, w: false };
    const memory: Memory = {
      arReady: () => (offered.ar = true) && ready.ar,
      awReady: () => (offered.aw = true) && ready.aw,
      wReady: () => (offered.w = true) && ready.w,
      ar: (_port, request) => {
        bursts++;
        wantAddress('araddr_o', request.address);
        recorder.want('arlen_o', 0, 8, request.beats - 1);
        recorder.want('arid_o', 0, 8, request.id);
      },
      aw: (_port, request) => {
        bursts++;
        wantAddress('awaddr_o', request.address);
        recorder.want('awlen_o', 0, 8, request.beats - 1);
        recorder.want('awid_o', 0, 8, request.id);
      },
      w: (_port, { data, strobe, last }) => {
        beats++;
        for (let i = 0; i < BEAT_WORDS; i++) {
          recorder.want('wdata_o', 32 * i, 32, data[i]);
          recorder.want('wstrb_o', 4 * i, 4, (strobe >> i) & 1 ? 15 : 0);
        }
        recorder.want('wlast_o', 0, 1, last);
      },
      rHead: () => read,
      bHead: () => response,
      tick: () => {},
      idle: () => false,
    };
    moved = golden.step(memory);
    failed = (read !== undefined && wrong.r !== 0) || (response !== undefined && wrong.b !== 0);
    if (loading) {
      recorder.put('load_valid_i', 0, 1, 1);
      address('load_addr_i', 0, loading.beat);
      recorder.put('load_len_i', 0, 8, loading.length);
      recorder.want('load_ready_o', 0, 1, ready.ar);
      wantAddress('araddr_o', loading.beat * 64);
      recorder.want('arlen_o', 0, 8, loading.length);
      recorder.want('arid_o', 0, 8, LOADER);
      if (ready.ar) {
        loading = undefined;
        moved = true;
      }
      offered.ar = true;
    }
    recorder.want('load_beat_o', 0, 1, read?.id === LOADER);
    recorder.want('arvalid_o', 0, 1, offered.ar);
    recorder.want('awvalid_o', 0, 1, offered.aw);
    recorder.want('wvalid_o', 0, 1, offered.w);
    ags.forEach((ag, k) => {
      recorder.want('ar_ready_o', k, 1, ag.readAddresses.pops);
      recorder.want('aw_ready_o', k, 1, ag.writeAddresses.pops);
      recorder.want('w_ready_o', k, 1, ag.writeBeats.pops);
      recorder.want('r_valid_o', k, 1, ag.responses.pushes);
      recorder.want('b_valid_o', k, 1, ag.answered);
      // What came back is of no interest here.
      if (ag.responses.valid) ag.responses.pop();
      // A burst is offered in front of the loader's request or behind it, never beside it.
      if (!loading && ag.readAddresses.ready && rng.chance(rates.read * busy[k])) {
        ag.readAddresses.push([rng.int(0, beatsAhead), rng.int(1, 16)]);
      }
      if (ag.writeAddresses.ready && rng.chance(rates.write * busy[k])) {
        const length = rng.int(1, 16);
        ag.writeAddresses.push([rng.int(0, beatsAhead), length]);
        ag.due += length;
      }
      if (ag.due > 0 && ag.writeBeats.ready && rng.chance(rates.beat)) {
        ag.due--;
        ag.writeBeats.push(
          Array.from({ length: BEAT_WORDS }, () => rng.int32()),
          rng.int(0, 0xffff),
        );
      }
    });
    edge.commit();
  }
  return { ...recorder.recording, bursts, beats };
}
