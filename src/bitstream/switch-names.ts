/**
 * Names for the wires at a switch, in messages and in the assembly text: `east.2` is track 2 on
 * the east side, `in.1` and `out.1` are ports of the tile's unit.
 */
import { SIDES } from '../fabric/graph.ts';
import { type NetClass, portsOf, type TileKind, tracksOf } from '../fabric/ports.ts';
import type { Arch } from './format.ts';

/** The wire a link index stands for. */
export function linkName(arch: Arch, net: NetClass, index: number): string {
  const tracks = tracksOf(arch, net);
  return `${SIDES[Math.floor(index / tracks)]}.${index % tracks}`;
}

/** What a select value of a sink listens to, as `switchLayout` numbers it; undefined for 0 and beyond the multiplexer. */
export function selectName(
  arch: Arch,
  kind: TileKind,
  net: NetClass,
  sink: 'link' | 'in',
  index: number,
  select: number,
): string | undefined {
  const tracks = tracksOf(arch, net);
  if (select === 0) return undefined;
  if (sink === 'in') return select <= 4 * tracks ? linkName(arch, net, select - 1) : undefined;
  const side = Math.floor(index / tracks);
  const track = index % tracks;
  const from = (turn: number, shift: number) => `${SIDES[(side + turn) % 4]}.${(track + shift + tracks) % tracks}`;
  if (select === 1) return from(2, 0);
  if (select === 2) return from(1, 1);
  if (select === 3) return from(3, -1);
  return select - 4 < portsOf(arch, kind)[net].out ? `out.${select - 4}` : undefined;
}

/** Every name a sink can listen to, with its select value. */
export function selectsOf(arch: Arch, kind: TileKind, net: NetClass, sink: 'link' | 'in', index: number): Map<string, number> {
  const last = sink === 'in' ? 4 * tracksOf(arch, net) : 3 + portsOf(arch, kind)[net].out;
  const names = new Map<string, number>();
  for (let select = 1; select <= last; select++) names.set(selectName(arch, kind, net, sink, index, select) as string, select);
  return names;
}
