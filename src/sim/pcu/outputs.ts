/** The outputs of a PCU: which stage feeds which port, and how results become stream payloads. */
import type { PcuConfig } from '../../fabric/config.ts';
import type { Fifo } from '../fifo.ts';
import { giveToken } from '../tokens.ts';
import { allLanes, type UnitPorts } from '../unit.ts';
import type { KeptVectors } from './stage.ts';

export type OutputClass = 'vector' | 'scalar' | 'token';

export interface PcuOutput {
  /** Bit of the output in `Elements.sends`. */
  readonly bit: number;
  readonly kind: OutputClass;
  readonly port: number;
  readonly fifo: Fifo;
  /** The stage it listens to; the number of stages: the tap-out bus. */
  readonly source: number;
  readonly mask: number;
  /** Words and tokens of lane 0 need that lane; `predicate`: the stage whose result says which lanes are sent, or -1. */
  readonly when: boolean;
  readonly predicate: number;
  /** Vectors without a lane are not pushed. */
  readonly drop: boolean;
}

/** The outputs in use; those listening to nothing are left out. */
export function outputsOf(config: PcuConfig, ports: UnitPorts): PcuOutput[] {
  const found: PcuOutput[] = [];
  const add = (kind: OutputClass, list: PcuConfig['scalarOut'], fifos: readonly Fifo[], drops: (port: number) => boolean = () => false) =>
    list.forEach(({ used, source, mask, when }, port) => {
      if (!used || source > config.stages.length) return;
      const gated = when === 1 && source < config.stages.length - config.tree.used;
      const predicate = gated ? predicateAt(config, source) : -1;
      found.push({ bit: found.length, kind, port, fifo: fifos[port], source, mask, when: gated, predicate, drop: drops(port) });
    });
  add('vector', config.vectorOut, ports.vector, (port) => config.vectorOut[port].drop === 1);
  add('scalar', config.scalarOut, ports.scalar);
  add('token', config.tokenOut, ports.control);
  return found;
}

/** The stage whose result is the predicate at the output of stage `source`, or -1; the tree and the bus know none. */
export function predicateAt(config: PcuConfig, source: number): number {
  const straight = config.stages.length - config.tree.used;
  if (source >= straight) return -1;
  for (let s = source; s >= 0; s--) if (config.stages[s].predicate) return s;
  return -1;
}

/** Sends lanes `at`.. of a kept result; masked lanes go out as 0. False if a token was lost. */
export function sendVector(
  output: PcuOutput,
  from: KeptVectors | undefined,
  at: number,
  lanes: number,
  mask: number,
  last: number,
): boolean {
  const { fifo, kind } = output;
  if (kind !== 'vector' && output.when && !(mask & 1)) return true;
  if (kind === 'token') return giveToken(fifo);
  if (output.drop && mask === 0) return true;
  const slot = fifo.tail;
  const { words } = fifo;
  const source = from!.words;
  if (kind === 'scalar') words[slot] = source[at];
  else {
    const to = slot * lanes;
    if (mask === allLanes(lanes)) for (let i = 0; i < lanes; i++) words[to + i] = source[at + i];
    else for (let i = 0; i < lanes; i++) words[to + i] = (mask >> i) & 1 ? source[at + i] : 0;
    fifo.masks[slot] = mask;
  }
  fifo.lasts[slot] = last;
  fifo.pushed();
  return true;
}

/** Sends a word: lane 0 of a vector, or a scalar. False if a token was lost. */
export function sendWord(output: PcuOutput, word: number, ok: number, lanes: number, last: number): boolean {
  const { fifo, kind } = output;
  if (kind === 'token') return giveToken(fifo);
  if (output.drop && !ok) return true;
  const slot = fifo.tail;
  if (kind === 'vector') {
    fifo.words.fill(0, slot * lanes, (slot + 1) * lanes);
    fifo.masks[slot] = ok;
    fifo.words[slot * lanes] = word;
  } else fifo.words[slot] = word;
  fifo.lasts[slot] = last;
  fifo.pushed();
  return true;
}
