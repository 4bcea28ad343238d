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
}

/** The outputs in use; those listening to nothing are left out. */
export function outputsOf(config: PcuConfig, ports: UnitPorts): PcuOutput[] {
  const found: PcuOutput[] = [];
  const add = (kind: OutputClass, list: PcuConfig['vectorOut'], fifos: readonly Fifo[]) =>
    list.forEach(({ used, source, mask }, port) => {
      if (used && source <= config.stages.length) found.push({ bit: found.length, kind, port, fifo: fifos[port], source, mask });
    });
  add('vector', config.vectorOut, ports.vector);
  add('scalar', config.scalarOut, ports.scalar);
  add('token', config.tokenOut, ports.control);
  return found;
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
  if (kind === 'token') return giveToken(fifo);
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
