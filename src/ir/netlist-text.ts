/**
 * The text form of a netlist; `printNetlist(parseNetlist(text)) = text` for printed text.
 *
 *     unit mul pcu "x * y" @dot.ts:12
 *       enable 1
 *       chain {"count":1,"par":16}
 *     net n0 vector a:0 -> mul:0 sum:1 weight 2 "the products"
 *
 * A configuration has one line a top-level field, its value as JSON; the words that a memory begins with follow, `@16 [1,2]` from
 * address 16 on.
 */
import { DiagnosticError, errorDiagnostic } from '../base/diagnostic.ts';
import { Source } from '../base/source.ts';
import { NET_KINDS, type Net, type NetKind, type Netlist, type PortRef, UNIT_KINDS, type UnitKind, type VUnit } from './netlist.ts';

export function printNetlist(netlist: Netlist): string {
  const lines: string[] = [];
  for (const unit of netlist.units) {
    const label = unit.label === undefined ? '' : ` ${JSON.stringify(unit.label)}`;
    const source = unit.source === undefined ? '' : ` @${unit.source.file}:${unit.source.line}`;
    lines.push(`unit ${unit.id} ${unit.kind}${label}${source}`);
    for (const [field, value] of Object.entries(unit.config as object)) lines.push(`  ${field} ${JSON.stringify(value)}`);
    for (const { address, words } of unit.memory ?? []) lines.push(`  @${address} ${JSON.stringify(words)}`);
  }
  for (const net of netlist.nets) {
    const weight = net.weight === undefined ? '' : ` weight ${net.weight}`;
    const label = net.label === undefined ? '' : ` ${JSON.stringify(net.label)}`;
    lines.push(`net ${net.id} ${net.net} ${printPort(net.from)} -> ${net.to.map(printPort).join(' ')}${weight}${label}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** Reads the text form; throws `DiagnosticError` at the first line it cannot read. */
export function parseNetlist(text: string, file = 'netlist'): Netlist<Record<string, unknown>> {
  const source = new Source(file, text);
  const units: VUnit<Record<string, unknown>>[] = [];
  const nets: Net[] = [];
  for (let number = 1; number <= source.lineCount; number++) {
    const line = source.line(number);
    const fail = (message: string): never => {
      throw new DiagnosticError(
        errorDiagnostic('E0510', message, { span: { file, line: number, column: 1, length: Math.max(1, line.length) } }),
      );
    };
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (line.startsWith('unit ')) units.push(parseUnit(line, fail));
    else if (line.startsWith('net ')) nets.push(parseNet(line, fail));
    else if (line.startsWith('  ') && units.length > 0 && nets.length === 0) {
      const unit = units[units.length - 1];
      const run = /^ {2}@(\d+) (\[[-\d,]*\])$/.exec(line);
      if (run) {
        unit.memory = [...(unit.memory ?? []), { address: Number(run[1]), words: parseJson(run[2], fail) as number[] }];
        continue;
      }
      const match = /^ {2}(\w+) (.+)$/.exec(line) ?? fail('a configuration line is a field and its value');
      unit.config[match[1]] = parseJson(match[2], fail);
    } else fail('a line starts with `unit`, `net` or, below a unit, two spaces');
  }
  return { units, nets };
}

type Fail = (message: string) => never;

function parseUnit(line: string, fail: Fail): VUnit<Record<string, unknown>> {
  const match =
    /^unit (\S+) (\w+)(?: ("(?:[^"\\]|\\.)*"))?(?: @(.+):(\d+))?$/.exec(line) ??
    fail('a unit is a name, a kind and perhaps a label and a place');
  if (!UNIT_KINDS.includes(match[2] as UnitKind)) fail(`\`${match[2]}\` is no kind of unit: ${UNIT_KINDS.join(', ')}`);
  const unit: VUnit<Record<string, unknown>> = { id: match[1], kind: match[2] as UnitKind, config: {} };
  if (match[3] !== undefined) unit.label = parseJson(match[3], fail) as string;
  if (match[4] !== undefined) unit.source = { file: match[4], line: Number(match[5]) };
  return unit;
}

function parseNet(line: string, fail: Fail): Net {
  const match =
    /^net (\S+) (\w+) (\S+) -> ([^"]*?)(?: weight (\S+))?(?: ("(?:[^"\\]|\\.)*"))?$/.exec(line) ??
    fail('a net is a name, a class, a source, `->` and sinks');
  if (!NET_KINDS.includes(match[2] as NetKind)) fail(`\`${match[2]}\` is no class of net: ${NET_KINDS.join(', ')}`);
  const sinks = match[4].split(' ').filter((word) => word !== '');
  const net: Net = {
    id: match[1],
    net: match[2] as NetKind,
    from: parsePort(match[3], fail),
    to: sinks.map((word) => parsePort(word, fail)),
  };
  if (match[6] !== undefined) net.label = parseJson(match[6], fail) as string;
  if (match[5] !== undefined) net.weight = Number(match[5]);
  return net;
}

const printPort = (ref: PortRef) => `${ref.unit}:${ref.port}`;

function parsePort(word: string, fail: Fail): PortRef {
  const match = /^(.+):(\d+)$/.exec(word) ?? fail(`\`${word}\` is not a unit and a port (\`unit:0\`)`);
  return { unit: match[1], port: Number(match[2]) };
}

function parseJson(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail(`\`${text}\` is not JSON`);
  }
}
