/**
 * Signatures of generated modules: ports, streams and facts, so that harnesses and reports need
 * not read Verilog. The header of a generated module has one port a line, which makes reading it
 * here, once, exact; a header that is written otherwise is refused.
 */
import { invariant } from '../base/invariant.ts';

export interface PortSignature {
  readonly name: string;
  readonly direction: 'input' | 'output';
  /** Bits, or the range as written where it depends on a parameter. */
  readonly width: number | string;
}

export interface ParameterSignature {
  readonly name: string;
  readonly default: string;
}

/** Ports that make up a valid/ready stream, or several side by side (one bit of valid each). */
export interface StreamSignature {
  readonly name: string;
  readonly direction: 'input' | 'output';
  /** Payload ports; none for tokens. */
  readonly data: readonly string[];
  readonly valid: string;
  readonly ready: string;
}

export interface ModuleSignature {
  readonly name: string;
  readonly template: string;
  readonly parameters: readonly ParameterSignature[];
  readonly ports: readonly PortSignature[];
  readonly streams: readonly StreamSignature[];
  /** Modules it instantiates. */
  readonly uses: readonly string[];
  /** Bits of configuration it reads, where it is a unit or a tile. */
  readonly configBits?: number;
  /** Cycles from operands to result by class of operation, where it computes. */
  readonly latency?: Readonly<Record<string, number>>;
}

const PORT = /^\s*(input|output)\s+logic\s*(?:signed\s*)?(\[[^\]]*\])?\s*(\w+)\s*,?\s*(?:\/\/.*)?$/;
const PARAMETER = /^\s*parameter\s+(?:int|logic\s*(?:\[[^\]]*\])?)\s*(\w+)\s*=\s*([^,/]*?)\s*,?\s*(?:\/\/.*)?$/;
const INSTANCE = /^ *(kiln_\w+)\s+(?:#\(|u_)/gm;

/** The signature of the module in `text`. */
export function signatureOf(name: string, template: string, text: string, facts: Partial<ModuleSignature> = {}): ModuleSignature {
  const start = text.search(new RegExp(`^module ${name} `, 'm'));
  // The closing parenthesis stands alone; a comment may hold the same two characters.
  const end = text.indexOf('\n);', start);
  invariant(start >= 0 && end > start, `\`${template}\` prints no module \`${name}\``);
  const parameters: ParameterSignature[] = [];
  const ports: PortSignature[] = [];
  for (const line of text.slice(start, end).split('\n').slice(1)) {
    const port = PORT.exec(line);
    const parameter = PARAMETER.exec(line);
    if (port) ports.push({ name: port[3], direction: port[1] as PortSignature['direction'], width: widthOfRange(port[2]) });
    else if (parameter) parameters.push({ name: parameter[1], default: parameter[2] });
    else invariant(/^\s*(\/\/.*|localparam .*|\) \(|)$/.test(line), `\`${name}\` has a header line that is not one port: ${line.trim()}`);
  }
  const uses = [...new Set([...text.slice(end).matchAll(INSTANCE)].map((match) => match[1]))].sort();
  return { name, template, parameters, ports, streams: streamsOf(ports), uses, ...facts };
}

function widthOfRange(range: string | undefined): number | string {
  if (range === undefined) return 1;
  const numbers = /^\[(\d+):(\d+)\]$/.exec(range);
  return numbers ? Number(numbers[1]) - Number(numbers[2]) + 1 : range;
}

/** Streams are what has a `_valid_` and a `_ready_` of the same stem in opposite directions. */
function streamsOf(ports: readonly PortSignature[]): StreamSignature[] {
  const streams: StreamSignature[] = [];
  for (const valid of ports) {
    const stem = /^(\w*?)valid_([io])$/.exec(valid.name);
    if (!stem) continue;
    const [, prefix, suffix] = stem;
    const ready = ports.find((port) => port.name === `${prefix}ready_${suffix === 'i' ? 'o' : 'i'}`);
    if (!ready) continue;
    const payload = new RegExp(`^${prefix}(data|addr|len|strb)\\d*_${suffix}$`);
    const data = ports.filter((port) => payload.test(port.name)).map((port) => port.name);
    streams.push({ name: prefix.replace(/_$/, ''), direction: valid.direction, data, valid: valid.name, ready: ready.name });
  }
  return streams;
}
