/** Every field of a bitstream with its position, as Markdown made from the layouts themselves. */
import { type BitsField, type Field, widthOf, wordsOf } from '../base/bitstruct.ts';
import { tileLayout } from '../fabric/config.ts';
import { fingerprintOf, formatFingerprint } from '../fabric/fingerprint.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import { TILE_KINDS, type TileKind } from '../fabric/ports.ts';
import { BEAT_BYTES, beatsPerRow, FRAME_OVERHEAD } from './format.ts';

/** A family of equal fields: `stages[i].acc.first` for all i. */
interface Row {
  readonly path: string;
  /** Position of the first of the family. */
  readonly lsb: number;
  /** For each index of the path, how many and how far apart. */
  readonly strides: readonly { readonly count: number; readonly bits: number }[];
  readonly field: BitsField;
}

const INDICES = 'ijkl';

/** The page for one architecture. */
export function layoutMarkdown(fabric: Fabric): string {
  const { arch } = fabric;
  const kinds = TILE_KINDS.filter((kind) => fabric.tilesOf(kind).length > 0);
  const parts = [
    `# Configuration bits of \`${arch.name}\``,
    `Fingerprint \`${formatFingerprint(fingerprintOf(arch))}\`. Bit 0 is bit 0 of word 0 of the frame's payload; fields lie without gaps.`,
    sizes(fabric, kinds),
    ...kinds.map((kind) => kindSection(fabric, kind)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sizes(fabric: Fabric, kinds: readonly TileKind[]): string {
  const { arch } = fabric;
  const rows = kinds.map((kind) => {
    const layout = tileLayout(arch, kind);
    const words = wordsOf(layout);
    return `| ${kind} | ${fabric.tilesOf(kind).length} | ${widthOf(layout)} | ${words} | ${words + FRAME_OVERHEAD} |`;
  });
  const columns = Array.from({ length: fabric.width }, (_, x) => columnWords(fabric, (tile) => tile.x === x));
  const longest = Math.max(...columns);
  const groups = beatsPerRow(fabric.width);
  const beats = 1 + longest * groups;
  const total = fabric.tiles.reduce((sum, tile) => sum + widthOf(tileLayout(arch, tile.kind)), 0);
  return `## Size

| tile | number | bits | payload words | frame words |
|---|---:|---:|---:|---:|
${rows.join('\n')}

A frame is a header, the payload words and a CRC: words = ceil(bits / 32) + ${FRAME_OVERHEAD}. A column sends the frames of its used tiles;
N = the words of the longest column, G = ceil(width / 16) = ${groups} beats a row of words, part 1 = 1 + N G beats of ${BEAT_BYTES} bytes.
With every tile used: N = ${longest}, ${beats} beats, ${beats * BEAT_BYTES} bytes for ${total} configuration bits.`;
}

function columnWords(fabric: Fabric, where: (tile: Tile) => boolean): number {
  return fabric.tiles.filter(where).reduce((sum, tile) => sum + wordsOf(tileLayout(fabric.arch, tile.kind)) + FRAME_OVERHEAD, 0);
}

function kindSection(fabric: Fabric, kind: TileKind): string {
  const rows = rowsOf(tileLayout(fabric.arch, kind));
  const lines = rows.map(({ path, lsb, strides, field }) => {
    const terms = strides.map(({ bits }, i) => ` + ${bits} ${INDICES[i]}`).join('');
    const range = strides.map(({ count }, i) => `${INDICES[i]} < ${count}`).join(', ');
    const type = `${field.signed ? 's' : 'u'}${field.width}`;
    return `| \`${path}\` | ${lsb}${terms} | ${range} | ${type} | ${field.doc} |`;
  });
  return `## ${kind}

| field | lowest bit | for | type | meaning |
|---|---|---|---|---|
${lines.join('\n')}`;
}

function rowsOf(field: Field, path = '', lsb = 0, strides: Row['strides'] = []): Row[] {
  if (field.kind === 'bits') return [{ path, lsb, strides, field }];
  if (field.kind === 'array') {
    const stride = { count: field.count, bits: widthOf(field.element) };
    return field.count === 0
      ? []
      : rowsOf(documented(field.element, field.doc), `${path}[${INDICES[strides.length]}]`, lsb, [...strides, stride]);
  }
  const rows: Row[] = [];
  let at = lsb;
  for (const [name, child] of Object.entries(field.fields as Record<string, Field>)) {
    rows.push(...rowsOf(child, path === '' ? name : `${path}.${name}`, at, strides));
    at += widthOf(child);
  }
  return rows;
}

/** An array of bare numbers passes its own words on to them. */
function documented(element: Field, doc: string): Field {
  return element.kind === 'bits' && element.doc === '' ? { ...element, doc } : element;
}
