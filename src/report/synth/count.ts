/** From the cells of each module to those of the whole: every module times its instances. */
import { invariant } from '../../base/invariant.ts';
import { isFlipFlop, SCRATCHPAD_BIT, SMALL_MEMORY_BIT, transistorsOf } from './cells.ts';
import { AREA_CLASSES, type AreaClass, classOf } from './classes.ts';
import type { LibraryCell } from './liberty.ts';

type Cells = ReadonlyMap<string, Pick<LibraryCell, 'area' | 'flipFlop'>>;

/** How many cells of each type a module holds itself, instances of modules included. */
export interface ModuleCells {
  /** The name as Yosys has it, parameters and all. */
  readonly name: string;
  readonly cells: Readonly<Record<string, number>>;
}

/** What Yosys told about a design. */
export interface Design {
  readonly top: string;
  readonly modules: readonly ModuleCells[];
  /** Bits of the memories of a module. */
  readonly memoryBits: ReadonlyMap<string, number>;
  /** Flip-flops of a module that copy bits of configuration. */
  readonly copies: ReadonlyMap<string, number>;
  /** Bits of a `kiln_ram_1r1w`. */
  readonly bankBits: number;
  /** The library mapped to, if any. */
  readonly library?: Cells;
}

/** The figures of a module with all below it, or of one class of them. `area`: transistors, or the library's unit. */
export interface Figures {
  readonly cells: number;
  readonly flipFlops: number;
  readonly memoryBits: number;
  readonly scratchpadBits: number;
  readonly area: number;
}

export interface CountedModule {
  /** Without parameters; variants are together. */
  readonly name: string;
  readonly instances: number;
  /** Of all instances, without what they instantiate. */
  readonly own: Figures;
}

export interface Count {
  readonly total: Figures;
  readonly classes: Readonly<Record<AreaClass, Figures>>;
  /** The largest first. */
  readonly modules: readonly CountedModule[];
  /** What each module directly below the top comes to in all, by its name. */
  readonly parts: readonly {
    readonly name: string;
    readonly instances: number;
    readonly figures: Figures;
    readonly interconnect: number;
  }[];
}

const NOTHING: Figures = { cells: 0, flipFlops: 0, memoryBits: 0, scratchpadBits: 0, area: 0 };

const RAM = 'kiln_ram_1r1w';

function plus(a: Figures, b: Figures, times = 1): Figures {
  return {
    cells: a.cells + times * b.cells,
    flipFlops: a.flipFlops + times * b.flipFlops,
    memoryBits: a.memoryBits + times * b.memoryBits,
    scratchpadBits: a.scratchpadBits + times * b.scratchpadBits,
    area: a.area + times * b.area,
  };
}

/** `kiln_fifo` of `$paramod$4f…\kiln_fifo` and of `$paramod\kiln_delay\Width=s32'…`. */
export function moduleName(name: string): string {
  return /(?:^|\\)(kiln_\w+)/.exec(name)?.[1] ?? name;
}

/** Adds up everything below the top. */
export function countNetlist(netlist: Design): Count {
  const byName = new Map(netlist.modules.map((module) => [module.name, module]));
  const instances = instancesBelow(netlist.top, byName);
  const classes = Object.fromEntries(AREA_CLASSES.map((one) => [one, NOTHING])) as Record<AreaClass, Figures>;
  const modules = new Map<string, CountedModule>();
  let total = NOTHING;
  for (const [name, count] of instances) {
    const split = ownFigures(name, byName, netlist);
    const base = moduleName(name);
    const former = modules.get(base) ?? { name: base, instances: 0, own: NOTHING };
    let own = former.own;
    for (const [one, figures] of split) {
      classes[one] = plus(classes[one], figures, count);
      own = plus(own, figures, count);
      total = plus(total, figures, count);
    }
    modules.set(base, { name: base, instances: former.instances + count, own });
  }
  return {
    total,
    classes,
    modules: [...modules.values()].sort((a, b) => b.own.area - a.own.area || b.own.cells - a.own.cells),
    parts: partsOf(netlist, byName),
  };
}

function partsOf(netlist: Design, byName: ReadonlyMap<string, ModuleCells>): Count['parts'] {
  const top = byName.get(netlist.top);
  invariant(top, () => `no figures of \`${netlist.top}\``);
  return submodules(top, byName).map(([name, count]) => {
    let figures = NOTHING;
    let interconnect = 0;
    for (const [below, times] of instancesBelow(name, byName)) {
      for (const [one, own] of ownFigures(below, byName, netlist)) {
        figures = plus(figures, own, times * count);
        if (one === 'interconnect') interconnect += own.area * times * count;
      }
    }
    return { name: moduleName(name), instances: count, figures, interconnect };
  });
}

/** The modules a module instantiates; the black box of the scratchpads has no figures of its own and is one too. */
function submodules(module: ModuleCells, byName: ReadonlyMap<string, ModuleCells>): [string, number][] {
  return Object.entries(module.cells).filter(([type]) => byName.has(type) || moduleName(type) === RAM);
}

/** How often each module is there, the top once. */
function instancesBelow(top: string, byName: ReadonlyMap<string, ModuleCells>): Map<string, number> {
  const counts = new Map<string, number>();
  const visit = (name: string, times: number) => {
    counts.set(name, (counts.get(name) ?? 0) + times);
    const module = byName.get(name);
    if (module) for (const [below, count] of submodules(module, byName)) visit(below, times * count);
  };
  visit(top, 1);
  return counts;
}

/** The figures of one instance of a module, without what it instantiates, by class. */
function ownFigures(name: string, byName: ReadonlyMap<string, ModuleCells>, netlist: Design): [AreaClass, Figures][] {
  const base = moduleName(name);
  if (base === RAM) {
    const bits = netlist.bankBits;
    return [['scratchpad', { ...NOTHING, scratchpadBits: bits, area: netlist.library ? 0 : bits * SCRATCHPAD_BIT }]];
  }
  const module = byName.get(name);
  invariant(module, () => `no figures of \`${name}\``);
  const { logic, state } = classOf(base);
  const copies = netlist.copies.get(name) ?? 0;
  const flops = { count: 0, area: 0 };
  const gates = { count: 0, area: 0 };
  for (const [type, count] of Object.entries(module.cells)) {
    const cell = costOf(type, netlist.library);
    if (cell === undefined) continue;
    const sum = cell.flipFlop ? flops : gates;
    sum.count += count;
    sum.area += count * cell.area;
  }
  const copied = flops.count > 0 ? (flops.area * copies) / flops.count : 0;
  const memoryBits = netlist.memoryBits.get(name) ?? 0;
  const memory = netlist.library ? 0 : memoryBits * SMALL_MEMORY_BIT;
  const kept = flops.count - copies;
  return [
    [logic, { ...NOTHING, cells: gates.count, area: gates.area }],
    [state, { ...NOTHING, cells: kept, flipFlops: kept, memoryBits, area: flops.area - copied + memory }],
    ['configuration', { ...NOTHING, cells: copies, flipFlops: copies, area: copied }],
  ];
}

/** What a cell is and costs; undefined for instances of modules and for memories. */
function costOf(type: string, library: Cells | undefined): Pick<LibraryCell, 'area' | 'flipFlop'> | undefined {
  if (library) return library.get(type);
  const area = transistorsOf(type);
  return area === undefined ? undefined : { area, flipFlop: isFlipFlop(type) };
}
