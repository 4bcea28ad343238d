/** Units and nets under construction: port allocation, and one net a source however many sinks it gets. */
import type { Arch } from '../../arch/schema.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { plural } from '../../base/text.ts';
import type { UnitConfigs } from '../../fabric/config.ts';
import { type NetClass, portsOf } from '../../fabric/ports.ts';
import type { Source } from '../../ir/loops.ts';
import type { Net, Netlist, UnitKind, VUnit } from '../../ir/netlist.ts';
import { operationTooWide } from '../messages.ts';

/** An output port of a unit. */
export interface Outlet {
  readonly unit: string;
  readonly net: NetClass;
  readonly port: number;
}

export type Unit<K extends UnitKind = UnitKind> = VUnit<UnitConfigs[K]> & { kind: K };

export class NetlistBuilder {
  readonly #units: VUnit[] = [];
  readonly #nets = new Map<string, Net>();
  readonly #used = new Map<string, number>();

  constructor(readonly arch: Arch) {}

  /** Adds a unit; the configuration may still be filled in. */
  add<K extends UnitKind>(kind: K, id: string, config: UnitConfigs[K], label: string, source?: Source): Unit<K> {
    const unit: VUnit = { id: word(id), kind, config, label, source: source && { file: source.file, line: source.line } };
    this.#units.push(unit);
    return unit as Unit<K>;
  }

  /** The next free port of a unit, or a diagnostic when it has no more. */
  port(unit: VUnit, net: NetClass, direction: 'in' | 'out'): number {
    const key = `${unit.id} ${net} ${direction}`;
    const next = this.#used.get(key) ?? 0;
    const available = portsOf(this.arch, unit.kind)[net][direction];
    if (next >= available) {
      const { file, line } = unit.source ?? {};
      throw new DiagnosticError(
        operationTooWide(
          `\`${unit.label}\``,
          `it needs more than ${plural(available, `${net} ${direction}put`)}`,
          fieldOf(unit.kind, net, direction),
          available + 1,
          this.#usersOf(unit, net, direction),
          file === undefined || line === undefined ? undefined : { file, line, column: 1 },
        ),
      );
    }
    this.#used.set(key, next + 1);
    return next;
  }

  /** Connects an output to an input port, joining the outlet's net. */
  connect(from: Outlet, to: { readonly unit: VUnit; readonly port: number }, label: string): void {
    const key = `${from.unit}.${from.net}.${from.port}`;
    let net = this.#nets.get(key);
    if (!net) {
      net = { id: word(`${from.net[0]}${this.#nets.size}`), net: from.net, from: { unit: from.unit, port: from.port }, to: [], label };
      this.#nets.set(key, net);
    }
    net.to.push({ unit: to.unit.id, port: to.port });
  }

  /** What is connected to a unit so far. */
  #usersOf({ id }: VUnit, net: NetClass, direction: 'in' | 'out'): string[] {
    const own = [...this.#nets.values()].filter(
      (one) => one.net === net && (direction === 'in' ? one.to.some(({ unit }) => unit === id) : one.from.unit === id),
    );
    return own.length > 0
      ? [`connected already: ${[...new Set(own.map(({ id: name, label }) => `\`${label ?? name}\``))].join(', ')}`]
      : [];
  }

  units(kind: UnitKind): VUnit[] {
    return this.#units.filter((unit) => unit.kind === kind);
  }

  finish(): Netlist {
    return { units: this.#units, nets: [...this.#nets.values()] };
  }
}

/** The field of the architecture that says how many ports of a class a kind of unit has. */
function fieldOf(kind: UnitKind, net: NetClass, direction: 'in' | 'out'): string {
  if (kind === 'host') return `host.${net === 'control' ? 'tokens' : direction === 'in' ? 'results' : 'args'}`;
  if (kind === 'pmu' && direction === 'out' && net !== 'control') return 'pmu.readContexts';
  return `${kind}.${net}${direction === 'in' ? 'In' : 'Out'}`;
}

/** Names in a netlist are words. */
const word = (text: string): string => (/^[A-Za-z_]/.test(text) ? text : `_${text}`).replace(/[^A-Za-z0-9_.[\]/$#-]/g, '_');
