/** What to change so that the bound falls, and how far it would. */
import type { Bound, BoundKind, Bounds } from './bounds.ts';

/** Bounds that fall when the loops of the busiest context have more copies. */
const scaling: readonly BoundKind[] = ['compute', 'memory-port', 'transfer', 'recurrence', 'path'];

/** One sentence on what binds. */
export function adviceOn({ list, bytes, contexts }: Bounds, free: { readonly cycles: number; readonly bytes: number }): string {
  const [first] = list;
  if (first === undefined) return 'nothing to do: the program has no work';
  const rest = (kinds: readonly BoundKind[]) =>
    Math.max(1, ...list.filter(({ kind }) => !kinds.includes(kind)).map(({ cycles }) => cycles));
  const twice = Math.max(rest(scaling), Math.ceil(first.cycles / 2));
  const gain = (cycles: number) => `the bound would fall from ${first.cycles} to ${cycles} cycles`;
  const moved = bytes.read + bytes.write;
  switch (first.kind) {
    case 'compute':
      return `\`${first.where}\` issues in every cycle: with twice the copies (or lanes) of its loops ${gain(twice)}`;
    case 'memory-port':
      return `${first.where} have one port and use it in every cycle: with twice the copies of the loops around them ${gain(twice)}`;
    case 'transfer':
      return `\`${first.where}\` moves a vector in every cycle: split in two (copies of the loop around it) ${gain(twice)}`;
    case 'axi-port':
      return `${first.where} share one memory port: on ports of their own (\`memory.ports\`, \`ag.sides\`) ${gain(rest(['axi-port']))}`;
    case 'dram-read':
    case 'dram': {
      const other = rest(['dram', 'dram-read']);
      if (free.bytes < 0.9 * moved)
        return `the memory binds: ${moved} bytes are moved where ${free.bytes} would do; were tiles kept or larger, ${gain(Math.max(other, Math.ceil((first.cycles * free.bytes) / moved)))}`;
      return `the memory binds, and every byte is moved once: only a faster memory or smaller elements help; the next bound is ${other} cycles`;
    }
    case 'recurrence':
      return `iterations wait for each other (${first.where}): with twice the buffers (\`pipe\` in place of \`seq\`, or smaller tiles) ${gain(Math.max(rest(['recurrence']), Math.ceil(first.cycles / 2)))}`;
    case 'path': {
      const busy = contexts.reduce((a, b) => (b.issues > a.issues ? b : a));
      const steady = rest(['path']);
      if (2 * steady < first.cycles)
        return `filling and draining the pipeline takes most of the run (${first.where}): more work a run, or fewer units in a row, helps; without it the bound would be ${steady} cycles`;
      return `\`${busy.name}\` issues ${busy.issues} times, and ${first.cycles - busy.issues} cycles fill and drain the pipeline: with twice the copies of its loops ${gain(Math.max(rest(scaling), first.cycles - Math.floor(busy.issues / 2)))}`;
    }
  }
}

/** What a kind of bound is called. */
export const boundTitle: Readonly<Record<Bound['kind'], string>> = {
  compute: 'issues of the busiest compute unit',
  'memory-port': 'accesses through one port of a memory unit',
  transfer: 'vectors or beats of one address generator',
  'axi-port': 'beats of one memory port',
  'dram-read': "the memory's read rate",
  dram: "the memory's rate",
  recurrence: 'iterations that wait for each other',
  path: 'the longest way through the pipeline',
};
