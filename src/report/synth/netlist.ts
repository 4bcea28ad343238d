/** A synthesised module, read from BLIF: what it holds, and how it hangs together. */

/** A cell or an instance: what it is, and nets by pin (`D`, `data_i[3]`). */
export interface Cell {
  readonly type: string;
  readonly name: string;
  readonly pins: readonly (readonly [pin: string, net: number])[];
}

export interface Netlist {
  /** Names of nets by number; a net has the most telling of its names. */
  readonly nets: readonly string[];
  /** Nets of the ports, bit by bit. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: ReadonlyMap<string, number>;
  readonly cells: readonly Cell[];
  /** How many cells of each type. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A name as `write_blif` writes it: what has a meaning of its own there becomes a question mark, as in `$paramod\kiln_delay\Width=s32'…`. */
export const blifName = (name: string): string => name.replace(/[#=<>]/g, '?');

/** Reads what `write_blif -icells -cname` wrote of one module. */
export function parseBlif(text: string): Netlist {
  const nets = new Names();
  const inputs = new Map<string, number>();
  const outputs = new Map<string, number>();
  const raw: { type: string; name: string; pins: [string, number][] }[] = [];
  let cover: string[] = [];
  const forEachLine = (line: string) => {
    const words = line.split(' ');
    const alias = cover;
    cover = [];
    if (words[0] === '.inputs') for (const name of words.slice(1)) inputs.set(name, nets.of(name));
    else if (words[0] === '.outputs') for (const name of words.slice(1)) outputs.set(name, nets.of(name));
    else if (words[0] === '.subckt') {
      const pins = words.slice(2).map((pin): [string, number] => {
        const at = pin.indexOf('=');
        return [pin.slice(0, at), nets.of(pin.slice(at + 1))];
      });
      raw.push({ type: words[1], name: '', pins });
    } else if (words[0] === '.cname') raw[raw.length - 1].name = words[1];
    else if (words[0] === '.names') cover = words.slice(1);
    else if (line === '1 1' && alias.length === 2) nets.join(alias[0], alias[1]);
  };
  let from = 0;
  for (let to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) forEachLine(text.slice(from, to));
  const { names, number } = nets.settled();
  const settled = (ports: ReadonlyMap<string, number>) => new Map([...ports].map(([name, net]) => [name, number(net)]));
  const counts: Record<string, number> = {};
  for (const { type } of raw) counts[type] = (counts[type] ?? 0) + 1;
  const cells = raw.map(({ type, name, pins }) => ({ type, name, pins: pins.map(([pin, net]) => [pin, number(net)] as const) }));
  return { nets: names, inputs: settled(inputs), outputs: settled(outputs), cells, counts };
}

/** Nets by name, where some names are the same net. */
class Names {
  readonly #ids = new Map<string, number>();
  readonly #same: number[] = [];

  of(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.#same.length;
    this.#ids.set(name, id);
    this.#same.push(id);
    return id;
  }

  join(a: string, b: string): void {
    this.#same[this.#root(this.of(b))] = this.#root(this.of(a));
  }

  #root(id: number): number {
    let root = id;
    while (this.#same[root] !== root) root = this.#same[root];
    this.#same[id] = root;
    return root;
  }

  /** One number and name a net: a name somebody wrote rather than one made up (they begin with `$`), the shorter one among equals. */
  settled(): { names: string[]; number: (id: number) => number } {
    const names: string[] = [];
    const numbers = new Map<number, number>();
    const number = (id: number): number => {
      const root = this.#root(id);
      const known = numbers.get(root);
      if (known !== undefined) return known;
      numbers.set(root, names.length);
      names.push('');
      return names.length - 1;
    };
    const worth = (name: string) => (name.startsWith('$') ? 1000 : 0) + name.length;
    for (const [name, id] of this.#ids) {
      const at = number(id);
      if (names[at] === '' || worth(name) < worth(names[at])) names[at] = name;
    }
    return { names, number };
  }
}
