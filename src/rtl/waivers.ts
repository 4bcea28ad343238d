/** The Verilator configuration of a fabric: which modules are built apart, and what lint may overlook. */
import type { Fabric } from '../fabric/graph.ts';
import { TILE_KINDS } from '../fabric/ports.ts';

interface Waiver {
  readonly rule: string;
  readonly file: string;
  readonly match: string;
  readonly reason: string;
}

/** Nothing so far: generated text is clean by itself. */
const WAIVERS: readonly Waiver[] = [];

/** The text of `waivers.vlt`. */
export function waiverText(fabric: Fabric): string {
  const kinds = TILE_KINDS.filter((kind) => fabric.tiles.some((tile) => tile.kind === kind));
  const lines = [
    '`verilator_config',
    '// With --hierarchical every kind of tile is built once and apart.',
    ...kinds.map((kind) => `hier_block -module "kiln_tile_${kind}"`),
    ...WAIVERS.flatMap(({ rule, file, match, reason }) => [`// ${reason}`, `lint_off -rule ${rule} -file "${file}" -match "${match}"`]),
  ];
  return `${lines.join('\n')}\n`;
}
