/** The memory ports: arbitration and the order of write data, with a memory that is ready when told. */
import { expect, test } from 'vitest';
import type { Ag } from '../../../src/sim/ag/ag.ts';
import { ClockEdge, Fifo } from '../../../src/sim/fifo.ts';
import { AxiPort, type Memory } from '../../../src/sim/ports.ts';

/** An address generator as a port sees it. */
class Stub {
  readonly readAddresses: Fifo;
  readonly responses: Fifo;
  readonly writeAddresses: Fifo;
  readonly writeBeats: Fifo;
  answers = 0;

  constructor(
    readonly index: number,
    edge: ClockEdge,
  ) {
    this.readAddresses = new Fifo(edge, 8, 2);
    this.responses = new Fifo(edge, 8, 16);
    this.writeAddresses = new Fifo(edge, 8, 4);
    this.writeBeats = new Fifo(edge, 8, 16);
  }
  get offersWrite(): boolean {
    return this.writeAddresses.count > 0;
  }
  takeWriteAddress(): void {
    this.writeAddresses.pop();
  }
  answer(): void {
    this.answers++;
  }
}

class Script implements Memory {
  readonly log: string[] = [];
  cycle = 0;
  constructor(
    /** Cycles in which the channel is not ready. */
    private readonly stalls: { ar?: number[]; aw?: number[]; w?: number[] } = {},
    private readonly beats: Record<number, number> = {},
    private readonly responses: Record<number, number> = {},
  ) {}
  arReady = () => !this.stalls.ar?.includes(this.cycle);
  awReady = () => !this.stalls.aw?.includes(this.cycle);
  wReady = () => !this.stalls.w?.includes(this.cycle);
  ar(_port: number, { id, address, beats }: { id: number; address: number; beats: number }): void {
    this.log.push(`${this.cycle} ar ${id} ${address}+${beats}`);
  }
  aw(_port: number, { id, address, beats }: { id: number; address: number; beats: number }): void {
    this.log.push(`${this.cycle} aw ${id} ${address}+${beats}`);
  }
  w(_port: number, { data, strobe, last }: { data: Uint32Array; strobe: number; last: boolean }): void {
    this.log.push(`${this.cycle} w ${data[0]} /${strobe.toString(16)}${last ? ' last' : ''}`);
  }
  rHead() {
    const id = this.beats[this.cycle];
    return id === undefined ? undefined : { id, data: new Uint32Array(16).fill(id), last: true };
  }
  bHead() {
    const id = this.responses[this.cycle];
    return id === undefined ? undefined : { id };
  }
  tick(): void {
    this.cycle++;
  }
  idle(): boolean {
    return false;
  }
}

function play(memory: Script, cycles: number, prepare: (ags: Stub[], push: (act: () => void) => void) => void): Stub[] {
  const edge = new ClockEdge();
  // Generators 1, 3 and 5 of a fabric with two ports; 7 is not configured.
  const ags = [1, 3, 5].map((index) => new Stub(index, edge));
  const port = new AxiPort(1, [...ags, undefined] as unknown as (Ag | undefined)[], edge);
  prepare(ags, (act) => {
    act();
    edge.commit();
  });
  for (let t = 0; t < cycles; t++) {
    port.step(memory);
    memory.tick();
    edge.commit();
  }
  return ags;
}

test('reads: the first at or after the pointer, one address a cycle, in turn', () => {
  const memory = new Script();
  play(memory, 8, ([a, b, c], push) => {
    for (let k = 0; k < 2; k++) push(() => [a, b, c].forEach((ag, i) => void ag.readAddresses.push([10 * i + k, 2])));
    push(() => c.readAddresses.push([22, 1]));
  });
  expect(memory.log).toEqual([
    '0 ar 1 0+2',
    '1 ar 3 640+2',
    '2 ar 5 1280+2',
    '3 ar 1 64+2',
    '4 ar 3 704+2',
    '5 ar 5 1344+2',
    '6 ar 5 1408+1',
  ]);
});

test('reads: an offer that is not accepted stays the one offered', () => {
  const memory = new Script({ ar: [0, 1, 2] });
  const edge = new ClockEdge();
  const ags = [1, 3].map((index) => new Stub(index, edge));
  const port = new AxiPort(0, ags as unknown as Ag[], edge);
  ags[1].readAddresses.push([5, 1]);
  edge.commit();
  for (let t = 0; t < 5; t++) {
    port.step(memory);
    // The lower one comes while the other is on offer.
    if (t === 0) ags[0].readAddresses.push([9, 1]);
    memory.tick();
    edge.commit();
  }
  expect(memory.log).toEqual(['3 ar 3 320+1', '4 ar 1 576+1']);
});

test('writes: data follows the order of addresses, from the next cycle on', () => {
  const memory = new Script({ w: [3], aw: [0] });
  play(memory, 9, ([a, b], push) => {
    push(() => {
      a.writeAddresses.push([1, 2, 1, 0]);
      b.writeAddresses.push([7, 1, 1, 0]);
      a.writeBeats.push([100], 0xffff);
      b.writeBeats.push([200], 0x8001);
    });
    push(() => a.writeBeats.push([101], 3));
  });
  expect(memory.log).toEqual(['1 aw 1 64+2', '2 aw 3 448+1', '2 w 100 /ffff', '4 w 101 /3 last', '5 w 200 /8001 last']);
});

test('writes: at most four bursts wait for their data', () => {
  const memory = new Script({ w: [0, 1, 2, 3, 4, 5, 6, 7] });
  play(memory, 12, ([a], push) => {
    for (let k = 0; k < 6; k++) {
      push(() => {
        a.writeAddresses.push([k, 1, 0, 0]);
        a.writeBeats.push([k], 1);
      });
    }
  });
  expect(memory.log.filter((line) => line.includes('aw')).map((line) => Number(line.split(' ')[0]))).toEqual([0, 1, 2, 3, 9, 10]);
});

test('read beats and write responses go to the generator with the id', () => {
  const memory = new Script({}, { 2: 3, 3: 5, 4: 3 }, { 2: 1, 5: 1 });
  const [a, b, c] = play(memory, 8, () => {});
  expect([a, b, c].map(({ responses, answers }) => [responses.count, answers])).toEqual([
    [0, 2],
    [2, 0],
    [1, 0],
  ]);
  expect(b.responses.word(15)).toBe(3);
});
