/**
 * A bitstream as text that assembles back to the same bytes. Fields that are 0 are left out:
 *
 *     pcu 0 at 1,0 {
 *       enable
 *       chain { count = 1 par = 4 laneStep = 1 counters[0] { stride = 4 max = 64 } }
 *       stages[0] { op = add a = r0 b = acc acc { used first = 0b000001 last = 0b000001 length = 1 init = imm } }
 *       vector.in.0 <- west.1
 *     }
 *
 * The words that a memory begins with come last: `memory[16] = [1, 2, 3]`, from address 16 on.
 */
import type { Field } from '../base/bitstruct.ts';
import { indent } from '../base/text.ts';
import { type MemoryWords, type TileConfig, unitLayout } from '../fabric/config.ts';
import { fingerprintOf, formatFingerprint } from '../fabric/fingerprint.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import { NET_CLASSES } from '../fabric/ports.ts';
import { EXPRESSIONS, type Expression } from '../ops/expression.ts';
import { opOfCode } from '../ops/table.ts';
import type { Arch, KbitInterface } from './format.ts';
import { tileName } from './messages.ts';
import { decodeSections } from './sections.ts';
import { linkName, selectName } from './switch-names.ts';
import { FLAGS, MASKS, placeOf, type Words, wordsFor } from './symbols.ts';

const LINE = 120;

/** The text of a `.kbit` file; each section after the first begins with the word `section`. */
export function disassemble(fabric: Fabric, bytes: Uint8Array): string {
  const texts = decodeSections(fabric, bytes).map(({ header, configs, interface: host }) => {
    const size = `# ${header.frames} frames, ${header.rows} rows of words, ${header.beats} beats`;
    return `${size}\n${printKasm(fabric, configs, host)}`;
  });
  return texts.join('\nsection\n\n');
}

/** The text of configurations that are not encoded. */
export function printKasm(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>, host: KbitInterface): string {
  const { arch } = fabric;
  const head = `architecture ${arch.name} ${formatFingerprint(fingerprintOf(arch))}`;
  const tiles = [...configs].sort(([a], [b]) => a - b).map(([id, config]) => printTile(arch, fabric.tiles[id], config));
  return `${[head, `interface ${JSON.stringify(host, null, 2)}`, ...tiles].join('\n\n')}\n`;
}

function printTile(arch: Arch, tile: Tile, config: TileConfig): string {
  const printer = new UnitPrinter(wordsFor(arch, tile.kind));
  const lines = [
    ...printer.items(unitLayout(arch, tile.kind), config.unit, ''),
    ...printSwitch(arch, tile, config),
    ...(config.memory ?? []).map(memoryText),
  ];
  if (lines.length === 0) return `${tileName(tile)} {}`;
  return `${tileName(tile)} {\n${indent(lines.join('\n'))}\n}`;
}

function printSwitch(arch: Arch, tile: Tile, config: TileConfig): string[] {
  const lines: string[] = [];
  for (const net of NET_CLASSES) {
    const put = (sink: 'link' | 'in', name: string, index: number, select: number) => {
      if (select === 0) return;
      lines.push(`${net}.${name} <- ${selectName(arch, tile.kind, net, sink, index, select) ?? `select ${select}`}`);
    };
    config.switch[net].link.forEach((select, i) => {
      put('link', linkName(arch, net, i), i, select);
    });
    config.switch[net].unit.forEach((select, i) => {
      put('in', `in.${i}`, i, select);
    });
  }
  return lines;
}

const MEMORY_ROW = 16;

/** A run of memory words, in rows; what is no small integer in hexadecimal. */
function memoryText({ address, words }: MemoryWords): string {
  const texts = Array.from(words, (word) => (Math.abs(word | 0) < 2 ** 20 ? `${word | 0}` : `0x${(word >>> 0).toString(16)}`));
  if (texts.length <= MEMORY_ROW) return `memory[${address}] = [${texts.join(', ')}]`;
  const rows: string[] = [];
  for (let i = 0; i < texts.length; i += MEMORY_ROW) rows.push(texts.slice(i, i + MEMORY_ROW).join(', '));
  return `memory[${address}] = [\n${indent(rows.join(',\n'))}\n]`;
}

type Value = number | Value[] | { [name: string]: Value };

class UnitPrinter {
  readonly #words: ReadonlyMap<string, Words>;

  constructor(words: ReadonlyMap<string, Words>) {
    this.#words = words;
  }

  /** The lines for the children of a struct. */
  items(layout: Field, value: Value, path: string): string[] {
    const lines: string[] = [];
    if (layout.kind !== 'struct') return lines;
    const struct = value as Record<string, Value>;
    for (const [name, child] of Object.entries(layout.fields as Record<string, Field>)) {
      lines.push(...this.#item(child, struct[name], name, path === '' ? name : `${path}.${name}`, struct));
    }
    return lines;
  }

  #item(field: Field, value: Value, name: string, path: string, parent: Record<string, Value>): string[] {
    const words = this.#words.get(placeOf(path));
    if (field.kind === 'bits') {
      if (value === 0 && !words?.always) return [];
      return [leafText(field, value as number, name, words, parent)];
    }
    if (isZero(value)) return [];
    if (field.kind === 'array') {
      const list = value as Value[];
      if (field.element.kind === 'bits') return [`${name} = [${list.slice(0, list.findLastIndex((v) => v !== 0) + 1).join(', ')}]`];
      return list.flatMap((element, i) => this.#item(field.element, element, `${name}[${i}]`, `${path}[${i}]`, parent));
    }
    const word = structWord(value as Record<string, Value>, words);
    if (word !== undefined) return [`${name} = ${word}`];
    const inner = this.items(field, value, path);
    const line = `${name} { ${inner.join(' ')} }`;
    if (line.length <= LINE && !line.includes('\n')) return [line];
    return [`${name} {\n${indent(inner.join('\n'))}\n}`];
  }
}

function leafText(
  field: Field & { kind: 'bits' },
  value: number,
  name: string,
  words: Words | undefined,
  parent: Record<string, Value>,
): string {
  for (const [word, meaning] of words?.values ?? []) if (meaning === value) return `${name} = ${word}`;
  if (field.width === 1 && value === 1 && FLAGS.has(name)) return name;
  if (MASKS.has(name)) return `${name} = 0b${value.toString(2).padStart(field.width, '0')}`;
  if (name === 'imm') return `${name} = ${immediateText(value, parent.op as number)}`;
  return `${name} = ${value}`;
}

/** An immediate as the operation beside it reads it: a float where that is exact, else an integer. */
function immediateText(value: number, opcode: number): string {
  const op = opOfCode(opcode);
  if (op !== undefined && (EXPRESSIONS[op] as Expression).operands.includes('f')) {
    const float = floatOfBits(value);
    if (Number.isFinite(float) && bitsOfFloat(float) === value) return `${Object.is(float, -0) ? '-0' : float}f`;
    return `0x${value.toString(16).padStart(8, '0')}`;
  }
  return String(value | 0);
}

const scratch = new DataView(new ArrayBuffer(4));

function floatOfBits(word: number): number {
  scratch.setUint32(0, word);
  return scratch.getFloat32(0);
}

/** The bits of a number rounded to binary32. */
export function bitsOfFloat(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

function structWord(value: Record<string, Value>, words: Words | undefined): string | undefined {
  for (const [word, meaning] of words?.structs ?? []) {
    if (Object.entries(meaning).every(([name, number]) => value[name] === number)) return word;
  }
  return undefined;
}

function isZero(value: Value): boolean {
  if (typeof value === 'number') return value === 0;
  return Object.values(value).every(isZero);
}
