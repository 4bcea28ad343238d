/** What a report needs to know of a Liberty file: the cells, their area, which hold state, and how long they take. */
import { type Diagnostic, errorDiagnostic } from '../../base/diagnostic.ts';
import { type Group, libertyGroups } from './liberty-text.ts';

/** A table over slew of the input and load of the output; one row or one column where it depends on one of them or none. */
export interface DelayTable {
  readonly slews: readonly number[];
  readonly loads: readonly number[];
  readonly values: readonly (readonly number[])[];
}

/** From an input pin to an output pin. */
export interface TimingArc {
  readonly from: string;
  readonly to: string;
  /** Whether the output rises when the input rises, when it falls, or both. */
  readonly sense: 'positive' | 'negative' | 'both';
  readonly rise: DelayTable;
  readonly fall: DelayTable;
  readonly riseSlew: DelayTable;
  readonly fallSlew: DelayTable;
}

export interface LibraryCell {
  /** µm² in the libraries we know of. */
  readonly area: number;
  readonly flipFlop: boolean;
  /** Capacitance of input pins, in the library's unit. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: readonly string[];
  readonly arcs: readonly TimingArc[];
  /** Time that data has to be there before the clock, in the library's unit. */
  readonly setup: number;
}

export interface Library {
  readonly cells: ReadonlyMap<string, LibraryCell>;
  /** Nanoseconds in the library's unit of time. */
  readonly nsPerUnit: number;
}

/** The cells of a Liberty text. Throws `SyntaxError` where it is none. */
export function parseLiberty(text: string): Library {
  const library = libertyGroups(text).find(({ kind }) => kind === 'library');
  if (!library) throw new SyntaxError('it has no `library`');
  const templates = new Map(library.groups.filter(({ kind }) => kind === 'lu_table_template').map((group) => [group.name, group]));
  const unit = /^([\d.]+)\s*(ns|ps|us)$/.exec(library.values.get('time_unit') ?? '1ns');
  const nsPerUnit = unit ? Number(unit[1]) * { ns: 1, ps: 0.001, us: 1000 }[unit[2] as 'ns'] : 1;
  const cells = library.groups.filter(({ kind }) => kind === 'cell').map((cell) => [cell.name, cellOf(cell, templates)] as const);
  return { cells: new Map(cells), nsPerUnit };
}

type Templates = ReadonlyMap<string, Group>;

function cellOf(cell: Group, templates: Templates): LibraryCell {
  const pins = cell.groups.filter(({ kind }) => kind === 'pin');
  const of = (direction: string) => pins.filter(({ values }) => values.get('direction') === direction);
  const timings = (pin: Group) => pin.groups.filter(({ kind }) => kind === 'timing');
  const setups = pins.flatMap(timings).filter(({ values }) => values.get('timing_type')?.startsWith('setup'));
  return {
    area: Number(cell.values.get('area') ?? 0),
    flipFlop: cell.groups.some(({ kind }) => kind === 'ff' || kind === 'ff_bank'),
    inputs: new Map(of('input').map((pin) => [pin.name, Number(pin.values.get('capacitance') ?? 0)])),
    outputs: of('output').map(({ name }) => name),
    arcs: of('output').flatMap((pin) =>
      timings(pin)
        .filter(({ values }) => !/setup|hold|recovery|removal|clear|preset|three_state|width/.test(values.get('timing_type') ?? ''))
        .flatMap((timing) => arcsOf(pin.name, timing, templates)),
    ),
    setup: Math.max(0, ...setups.flatMap(({ groups }) => groups.map((group) => tableOf(group, templates).values[0][0]))),
  };
}

function arcsOf(to: string, timing: Group, templates: Templates): TimingArc[] {
  const table = (kind: string, otherwise: string): DelayTable => {
    const found = timing.groups.find((group) => group.kind === kind) ?? timing.groups.find((group) => group.kind === otherwise);
    return found ? tableOf(found, templates) : { slews: [0], loads: [0], values: [[0]] };
  };
  const sense = /^(positive|negative)_unate$/.exec(timing.values.get('timing_sense') ?? '')?.[1] as 'positive' | 'negative' | undefined;
  return (timing.values.get('related_pin') ?? '').split(/\s+/).map((from) => ({
    from,
    to,
    sense: sense ?? 'both',
    rise: table('cell_rise', 'cell_fall'),
    fall: table('cell_fall', 'cell_rise'),
    riseSlew: table('rise_transition', 'fall_transition'),
    fallSlew: table('fall_transition', 'rise_transition'),
  }));
}

/** Rows by slew, columns by load, whichever of the two the template names first. */
function tableOf(group: Group, templates: Templates): DelayTable {
  const template = templates.get(group.name);
  const list = (text: string | undefined) =>
    (text ?? '')
      .split(/[\s,]+/)
      .filter((word) => word !== '')
      .map(Number);
  const axis = (index: number) => list(group.values.get(`index_${index}`) ?? template?.values.get(`index_${index}`));
  const flat = list(group.values.get('values'));
  const [first, second] = [axis(1), axis(2)];
  const loadFirst = /capacitance/.test(template?.values.get('variable_1') ?? '');
  const [rows, columns] = [first.length || 1, second.length || 1];
  if (flat.length < rows * columns || flat.some(Number.isNaN)) throw new SyntaxError(`a table \`${group.kind}\` has too few numbers`);
  const grid = Array.from({ length: rows }, (_, row) => flat.slice(row * columns, (row + 1) * columns));
  const orNone = (list: readonly number[]) => (list.length > 0 ? list : [0]);
  if (!loadFirst) return { slews: orNone(first), loads: orNone(second), values: grid };
  const turned = Array.from({ length: columns }, (_, column) => grid.map((row) => row[column]));
  return { slews: orNone(second), loads: orNone(first), values: turned };
}

/** The value of a table, linear between its points and beyond them. */
export function lookUp({ slews, loads, values }: DelayTable, slew: number, load: number): number {
  const [row, down] = between(slews, slew);
  const [column, right] = between(loads, load);
  const at = (i: number) => values[i][column] + (right === 0 ? 0 : right * (values[i][column + 1] - values[i][column]));
  return at(row) + (down === 0 ? 0 : down * (at(row + 1) - at(row)));
}

/** The interval of an axis to interpolate in, and how far along it a value lies. */
function between(axis: readonly number[], value: number): [number, number] {
  if (axis.length < 2) return [0, 0];
  let at = 0;
  while (at < axis.length - 2 && value > axis[at + 1]) at++;
  return [at, (value - axis[at]) / (axis[at + 1] - axis[at])];
}

/** E0950: a file that cannot be mapped to. */
export const notLiberty = (path: string, why: string): Diagnostic =>
  errorDiagnostic('E0950', `\`${path}\` is not a Liberty file to map to: ${why}`, {
    help: 'name the `.lib` of a standard cell library, with gates and at least one flip-flop, not compressed',
  });

/** Why a library will not do; undefined when it will. */
export function lacksOf({ cells }: Library): string | undefined {
  const all = [...cells.values()];
  if (all.length === 0) return 'it has no cell';
  if (all.every(({ flipFlop }) => !flipFlop)) return 'none of its cells is a flip-flop';
  return all.every(({ flipFlop }) => flipFlop) ? 'it has no gate' : undefined;
}
