import { expect, test } from 'vitest';
import { leavesOf, widthOf } from '../../../src/base/bitstruct.ts';
import { encodeUnchecked } from '../../../src/bitstream/encode.ts';
import { EMPTY_INTERFACE, loaderPart } from '../../../src/bitstream/format.ts';
import { layoutMarkdown } from '../../../src/bitstream/layout-doc.ts';
import { tileLayout } from '../../../src/fabric/config.ts';
import { TILE_KINDS } from '../../../src/fabric/ports.ts';
import { fabricNamed, leastFabric, randomConfigs, wideFabric } from './fabrics.ts';

test.each([fabricNamed('tiny'), leastFabric, wideFabric])('every field stands in the page at its place', (fabric) => {
  const page = layoutMarkdown(fabric);
  for (const kind of TILE_KINDS) {
    if (fabric.tilesOf(kind).length === 0) continue;
    const section = page.split('\n## ').find((part) => part.startsWith(`${kind}\n`)) ?? '';
    expect(expand(section)).toEqual(
      new Map(leavesOf(tileLayout(fabric.arch, kind)).map(({ path, lsb, width }) => [path, `${lsb} ${width}`])),
    );
  }
});

test('the size it states is the size of a full bitstream', () => {
  for (const fabric of [fabricNamed('tiny'), wideFabric]) {
    const configs = new Map([...randomConfigs(fabric, 1, 1)].map(([id, { memory: _, ...config }]) => [id, config]));
    const bytes = loaderPart(encodeUnchecked(fabric, configs, EMPTY_INTERFACE)).length;
    const total = fabric.tiles.reduce((sum, tile) => sum + widthOf(tileLayout(fabric.arch, tile.kind)), 0);
    expect(layoutMarkdown(fabric)).toContain(`, ${bytes} bytes for ${total} configuration bits`);
  }
});

/** The rows of a section with their indices written out: path to `lsb width`. */
function expand(section: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const row of section.split('\n')) {
    const cells = row.split('|').map((cell) => cell.trim());
    if (!cells[1]?.startsWith('`')) continue;
    const path = cells[1].slice(1, -1);
    const [base, ...strides] = cells[2].split(' + ').map((term) => Number.parseInt(term, 10));
    const counts = cells[3] === '' ? [] : cells[3].split(', ').map((term) => Number(term.split(' < ')[1]));
    const visit = (depth: number, name: string, lsb: number) => {
      if (depth === counts.length) {
        found.set(name, `${lsb} ${cells[4].slice(1)}`);
        return;
      }
      for (let i = 0; i < counts[depth]; i++) visit(depth + 1, name.replace(`[${'ijkl'[depth]}]`, `[${i}]`), lsb + i * strides[depth]);
    };
    visit(0, path, base);
  }
  return found;
}
