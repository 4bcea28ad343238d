/** The assembly text of `disasm.ts` back to configurations and bytes. */
import { zeroOf } from '../base/bitstruct.ts';
import { DiagnosticError } from '../base/diagnostic.ts';
import { Source } from '../base/source.ts';
import { didYouMean } from '../base/text.ts';
import { type TileConfig, tileLayout } from '../fabric/config.ts';
import { fingerprintOf, formatFingerprint } from '../fabric/fingerprint.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import { TILE_KINDS } from '../fabric/ports.ts';
import { parseInterface } from './decode.ts';
import { encode } from './encode.ts';
import { EMPTY_INTERFACE, type KbitInterface } from './format.ts';
import { readTile } from './kasm-tile.ts';
import { KasmReader } from './kasm-tokens.ts';
import { messages, tileName } from './messages.ts';
import { joinSections } from './sections.ts';

export interface Assembly {
  readonly configs: Map<number, TileConfig>;
  readonly interface: KbitInterface;
}

/** The `.kbit` file of a text, design rules checked; `file` is its name in messages. */
export function assemble(fabric: Fabric, text: string, file = 'input.kasm'): Uint8Array {
  return joinSections(parseSections(fabric, text, file).map(({ configs, interface: host }) => encode(fabric, configs, host)));
}

/** The configurations of a text of one section. */
export function parseKasm(fabric: Fabric, text: string, file?: string): Assembly {
  return parseSections(fabric, text, file)[0];
}

/** The sections of a text, apart by the word `section`; stops at the first mistake with its line and column. */
export function parseSections(fabric: Fabric, text: string, file = 'input.kasm'): Assembly[] {
  const reader = new KasmReader(new Source(file, text));
  const sections = [readSection(reader, fabric)];
  while (reader.is('section')) {
    reader.take();
    sections.push(readSection(reader, fabric));
  }
  return sections;
}

function readSection(reader: KasmReader, fabric: Fabric): Assembly {
  const configs = new Map<number, TileConfig>();
  let host = EMPTY_INTERFACE;
  const seen = new Set<string>();
  while (reader.peek.kind !== 'end' && !reader.is('section')) {
    const start = reader.peek;
    if (reader.is('architecture') || reader.is('interface')) {
      if (seen.has(start.text)) throw new DiagnosticError(messages.twice(reader.span(start), `\`${start.text}\``));
      seen.add(start.text);
      reader.take();
      if (start.text === 'architecture') readArchitecture(reader, fabric);
      else host = readInterface(reader);
      continue;
    }
    const tile = readTileHead(reader, fabric);
    if (configs.has(tile.id)) {
      throw new DiagnosticError(messages.twice(reader.span(start), tileName(tile)));
    }
    const config = zeroOf(tileLayout(fabric.arch, tile.kind)) as unknown as TileConfig;
    readTile(reader, fabric.arch, tile.kind, config);
    configs.set(tile.id, config);
  }
  return { configs: new Map([...configs].sort(([a], [b]) => a - b)), interface: host };
}

function readArchitecture(reader: KasmReader, fabric: Fabric): void {
  reader.expectKind('word', 'the name of an architecture');
  const token = reader.takeFingerprint();
  if (token === undefined) return;
  const own = fingerprintOf(fabric.arch);
  if (token.text !== formatFingerprint(own))
    throw new DiagnosticError(messages.textArchitecture(reader.span(token), fabric.arch.name, own));
}

function readInterface(reader: KasmReader): KbitInterface {
  const token = reader.takeBraced();
  return parseInterface(token.text, (why) => messages.textInterface(reader.span({ start: token.start, end: token.start + 1 }), why));
}

/** `pcu 3 at 2,1`; the number among the tiles of its kind may be left out. */
function readTileHead(reader: KasmReader, fabric: Fabric): Tile {
  const kind = reader.expectKind('word', '`architecture`, `interface`, `section` or a tile');
  if (!(TILE_KINDS as readonly string[]).includes(kind.text)) {
    const near = didYouMean(kind.text, TILE_KINDS);
    throw new DiagnosticError(messages.unknownName(reader.span(kind), 'kind of tile', kind.text, near, TILE_KINDS));
  }
  const index = reader.peek.kind === 'number' ? reader.take() : undefined;
  reader.expect('at');
  const xToken = reader.expectKind('number', 'the column of the tile');
  reader.expect(',');
  const yToken = reader.expectKind('number', 'the row of the tile');
  const [x, y] = [Number(xToken.text), Number(yToken.text)];
  const place = reader.span({ start: xToken.start, end: yToken.end });
  const tile = fabric.tileAt(x, y);
  if (tile === undefined) throw new DiagnosticError(messages.noTileHere(place, x, y, fabric.width, fabric.height));
  const written = index === undefined ? kind.text : `${kind.text} ${index.text}`;
  if (kind.text !== tile.kind || (index !== undefined && Number(index.text) !== tile.index)) {
    throw new DiagnosticError(messages.wrongTile(reader.span({ start: kind.start, end: yToken.end }), written, tileName(tile)));
  }
  return tile;
}
