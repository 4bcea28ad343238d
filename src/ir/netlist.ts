/**
 * The mapped program: virtual units with complete configurations, and nets between their ports.
 * It is what the compiler's middle hands to placement and routing. Units have opaque names here,
 * no coordinates; what a configuration contains is the fabric's business, so it stays generic.
 */
import { type Diagnostic, DiagnosticCollector } from '../base/diagnostic.ts';

export type UnitKind = 'pcu' | 'pmu' | 'ag' | 'host';
export const UNIT_KINDS: readonly UnitKind[] = ['pcu', 'pmu', 'ag', 'host'];

/** The network a net travels on. */
export type NetKind = 'vector' | 'scalar' | 'control';
export const NET_KINDS: readonly NetKind[] = ['vector', 'scalar', 'control'];

/** Where in the program something came from, for reports. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** A unit that has no place yet. */
export interface VUnit<C = unknown> {
  id: string;
  kind: UnitKind;
  /** The unit's whole configuration: a plain object of numbers, objects and arrays. */
  config: C;
  /** The words that a memory begins with: runs from an address on, as 32-bit patterns. */
  memory?: readonly { readonly address: number; readonly words: readonly number[] }[];
  /** Read contexts of a memory that may look at what is no word of it, for nothing. No part of its text. */
  beyond?: readonly number[];
  label?: string;
  source?: SourceLine;
}

/** One port of a unit; the class and the direction follow from the net. */
export interface PortRef {
  unit: string;
  port: number;
}

/** A stream from one output port to one or more input ports. */
export interface Net {
  id: string;
  net: NetKind;
  from: PortRef;
  to: PortRef[];
  /** For reports. */
  label?: string;
  /** How much a cycle on this net matters, 1 by default; 0 for one that may be as slow as it likes. */
  weight?: number;
}

export interface Netlist<C = unknown> {
  units: VUnit<C>[];
  nets: Net[];
}

/** How many ports of each class a kind of unit has; the fabric knows. */
export type PortLimits = (kind: UnitKind) => Record<NetKind, { readonly in: number; readonly out: number }>;

const NAME = /^[A-Za-z_][A-Za-z0-9_.[\]/$#-]*$/;

/** Every rule a netlist has to keep; an empty list means it is one. */
export function verifyNetlist(netlist: Netlist, limits: PortLimits): readonly Diagnostic[] {
  const problems = new DiagnosticCollector();
  const units = new Map<string, VUnit>();
  for (const unit of netlist.units) {
    if (!NAME.test(unit.id)) problems.error('E0501', `unit name ${JSON.stringify(unit.id)} is not a word`);
    if (units.has(unit.id)) problems.error('E0502', `two units are called \`${unit.id}\``);
    if (unit.kind === 'host' && [...units.values()].some((other) => other.kind === 'host'))
      problems.error('E0503', `\`${unit.id}\` is a second host unit`, { label: 'a fabric has one host tile' });
    units.set(unit.id, unit);
  }
  const names = new Set<string>();
  const users = new Map<string, string>();
  const port = (net: Net, ref: PortRef, direction: 'in' | 'out') => {
    const unit = units.get(ref.unit);
    if (!unit) {
      problems.error('E0504', `net \`${net.id}\` names the unit \`${ref.unit}\`, which does not exist`);
      return;
    }
    const count = limits(unit.kind)[net.net][direction];
    if (!Number.isInteger(ref.port) || ref.port < 0 || ref.port >= count)
      problems.error('E0505', `net \`${net.id}\` uses ${net.net} ${direction}put ${ref.port} of \`${ref.unit}\``, {
        label: `a ${unit.kind} has ${count}`,
      });
    const key = `${net.net} ${direction}put ${ref.port} of \`${ref.unit}\``;
    const other = users.get(key);
    if (other !== undefined) problems.error('E0506', `${key} is on two nets: \`${other}\` and \`${net.id}\``);
    users.set(key, net.id);
  };
  for (const net of netlist.nets) {
    if (!NAME.test(net.id)) problems.error('E0501', `net name ${JSON.stringify(net.id)} is not a word`);
    if (names.has(net.id)) problems.error('E0507', `two nets are called \`${net.id}\``);
    names.add(net.id);
    if (net.to.length === 0) problems.error('E0508', `net \`${net.id}\` goes nowhere`);
    if (net.weight !== undefined && !(net.weight >= 0 && Number.isFinite(net.weight)))
      problems.error('E0509', `net \`${net.id}\` has weight ${net.weight}`, { label: 'a weight is a finite number, 0 or more' });
    port(net, net.from, 'out');
    for (const to of net.to) port(net, to, 'in');
  }
  return problems.all;
}
