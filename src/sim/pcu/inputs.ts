/** The stream inputs an issue of a PCU waits for, and pops. */
import type { PcuConfig } from '../../fabric/config.ts';
import type { Chain } from '../chain.ts';
import type { Fifo } from '../fifo.ts';
import type { UnitPorts } from '../unit.ts';

export interface InputUse {
  readonly fifo: Fifo;
  readonly port: number;
  readonly name: string;
  /** Popped where these counters are last. */
  readonly pop: number;
  /** Its lane mask joins that of the element. */
  readonly masks: boolean;
}

export class PcuInputs {
  readonly #uses: InputUse[] = [];

  constructor(config: PcuConfig, ports: UnitPorts) {
    config.vectorIn.forEach(({ used, pop, masks }, port) => {
      if (used) this.#uses.push({ fifo: ports.vector[port], port, name: 'vector input', pop, masks: masks === 1 });
    });
    config.scalarIn.forEach(({ used, pop }, port) => {
      if (used) this.#uses.push({ fifo: ports.scalar[port], port, name: 'scalar input', pop, masks: false });
    });
  }

  /** The first input without a head that the next issue needs: on null issues only what it pops by level. */
  missing({ z }: Chain): InputUse | undefined {
    for (const use of this.#uses) if (use.fifo.count === 0 && (z < 0 || (use.pop >> z) & 1)) return use;
    return undefined;
  }

  /** Lanes that no mask of an input excludes. */
  mask(lanes: number): number {
    for (const use of this.#uses) if (use.masks) lanes &= use.fifo.masks[use.fifo.head];
    return lanes;
  }

  pop(chain: Chain): void {
    for (const use of this.#uses) if (chain.isLast(use.pop)) use.fifo.pop();
  }
}
