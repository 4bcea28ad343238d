/** The table of DRAM cases, and what a model answers to one, as lines both models can be compared by. */
import { readFileSync } from 'node:fs';
import { DRAM_PROFILES, Dram, type DramProfile } from '../../src/sim/dram.ts';

export type Action = [cycle: number, port: number, what: 'ar' | 'aw', id: number, address: number, beats: number] | WriteAction;
type WriteAction = [cycle: number, port: number, what: 'w', first: number, strobe: number];

export interface DramCase {
  readonly name: string;
  readonly profile: string | DramProfile;
  readonly ports: number;
  readonly bytes: number;
  readonly cycles: number;
  /** In order of cycles. */
  readonly do: readonly Action[];
  readonly log: readonly string[];
  readonly memory?: Readonly<Record<string, number>>;
  readonly outOfRange?: number;
}

export function dramCases(): DramCase[] {
  return JSON.parse(readFileSync(new URL('../unit/sim/dram-cases.json', import.meta.url), 'utf8')).cases;
}

export function profileOf(name: string | DramProfile): DramProfile {
  return typeof name === 'string' ? DRAM_PROFILES[name as keyof typeof DRAM_PROFILES] : name;
}

/** Memory word i holds i. */
export function countingImage(bytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(Math.ceil(bytes / 4) * 4));
  for (let i = 0; 4 * i < bytes; i++) view.setUint32(4 * i, i, true);
  return new Uint8Array(view.buffer).slice(0, bytes);
}

export interface DramAnswer {
  readonly log: string[];
  readonly memory: Uint8Array;
  readonly outOfRange: number | undefined;
}

/** Runs a case on the TypeScript model; an action that is not ready is an error of the case. */
export function playCase(c: DramCase): DramAnswer {
  const dram = new Dram(profileOf(c.profile), c.ports, countingImage(c.bytes));
  const log: string[] = [];
  const ready = new Array<string>(c.ports);
  let next = 0;
  for (let cycle = 0; cycle < c.cycles; cycle++) {
    for (let p = 0; p < c.ports; p++) {
      const now = `${+dram.arReady(p)}${+dram.awReady(p)}${+dram.wReady(p)}`;
      if (ready[p] !== now) log.push(`${cycle} ready ${p} ${(ready[p] = now)}`);
    }
    for (let p = 0; p < c.ports; p++) {
      const r = dram.rHead(p);
      if (r) log.push(`${cycle} r ${p} ${r.id} ${r.data[0]} ${+r.last}`);
      const b = dram.bHead(p);
      if (b) log.push(`${cycle} b ${p} ${b.id}`);
    }
    for (; next < c.do.length && c.do[next][0] === cycle; next++) act(dram, c.do[next]);
    dram.tick();
  }
  if (next < c.do.length) throw new Error(`${c.name}: actions after the last cycle, or out of order`);
  return { log, memory: dram.image, outOfRange: dram.outOfRange };
}

function act(dram: Dram, action: Action): void {
  const [cycle, port] = action;
  const refuse = () => {
    throw new Error(`cycle ${cycle}: ${action[2]} at port ${port} is not ready`);
  };
  if (action[2] === 'w') {
    if (!dram.wReady(port)) refuse();
    dram.w(port, { data: Uint32Array.from({ length: 16 }, (_, i) => action[3] + i), strobe: action[4], last: false });
    return;
  }
  const request = { id: action[3], address: action[4], beats: (action as [number, number, string, number, number, number])[5] };
  if (!(action[2] === 'ar' ? dram.arReady(port) : dram.awReady(port))) refuse();
  if (action[2] === 'ar') dram.ar(port, request);
  else dram.aw(port, request);
}
