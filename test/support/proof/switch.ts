/**
 * The switch of one tile: in the golden network of a fabric the neighbours' links are fed and the tile's own outputs
 * taken at random; what passes through the switch in each cycle is written down for its RTL.
 */
import { packBits, zeroOf } from '../../../src/base/bitstruct.ts';
import { Rng } from '../../../src/base/rng.ts';
import type { Recording, ReplayLayout } from '../../../src/cosim/replay.ts';
import { type SwitchConfig, switchLayout, type TileConfig } from '../../../src/fabric/config.ts';
import type { Fabric, Tile } from '../../../src/fabric/graph.ts';
import { NET_CLASSES, type NetClass, portsOf, tracksOf } from '../../../src/fabric/ports.ts';
import { ClockEdge, Fifo } from '../../../src/sim/fifo.ts';
import { buildNetwork } from '../../../src/sim/network.ts';
import type { UnitModel, UnitPorts } from '../../../src/sim/unit.ts';
import { Recorder } from './recorder.ts';
import { eachField, headOf, randomEntry } from './streams.ts';
import { withPast } from './units.ts';

export interface PlayedSwitch extends Recording {
  readonly takes: number;
}

/** A tile of the kind with as many neighbours as there are. */
export function tileFor(fabric: Fabric, kind: Tile['kind']): Tile {
  const neighbours = (tile: Tile) => [0, 1, 2, 3].filter((side) => fabric.neighbour(tile, side as 0)).length;
  return fabric.tilesOf(kind).reduce((best, tile) => (neighbours(tile) > neighbours(best) ? tile : best));
}

/** Random selects: mostly values that mean a stream, sometimes any. */
export function randomSwitch(fabric: Fabric, tile: Tile, rng: Rng): SwitchConfig {
  const config = zeroOf(switchLayout(fabric.arch, tile.kind));
  const busy = rng.pick([0.2, 0.6, 0.95]);
  // A few favourite sources make forks.
  for (const net of NET_CLASSES) {
    const ports = portsOf(fabric.arch, tile.kind)[net];
    const links = 4 + ports.out;
    const units = 1 + 4 * tracksOf(fabric.arch, net);
    const loved = rng.chance(0.5) ? rng.int(1, units - 1) : undefined;
    const any = (count: number) => rng.int(0, rng.chance(0.1) ? 2 ** Math.ceil(Math.log2(count)) - 1 : count - 1);
    const lists = config[net] as { link: number[]; unit: number[] };
    // Links over the border lead nowhere: a configuration leaves their select 0.
    const leads = (i: number) => fabric.nodeId(net, 'link', tile.id, i) !== undefined;
    lists.link = lists.link.map((_, i) => (leads(i) && rng.chance(busy) ? any(links) : 0));
    lists.unit = lists.unit.map(() => (rng.chance(busy) ? (rng.chance(0.5) ? (loved ?? any(units)) : any(units)) : 0));
  }
  return config;
}

export function playSwitch(fabric: Fabric, tile: Tile, config: SwitchConfig, bench: ReplayLayout, rng: Rng, cycles: number): PlayedSwitch {
  const { arch } = fabric;
  const edge = new ClockEdge();
  const unit = portsUnit(fabric, tile, edge, rng);
  const configs = new Map([[tile.id, { unit: {}, switch: config } as TileConfig], ...feeding(fabric, tile)]);
  const network = buildNetwork(fabric, configs, new Map([[tile.id, unit as unknown as UnitModel]]), edge, 'routed');
  const linkOf = (net: NetClass, owner: number) => network.buffers.filter((buffer) => buffer.net === net && buffer.tile === owner);
  const recorder = new Recorder(bench, cycles + 1, packBits(switchLayout(arch, tile.kind), config));
  recorder.put('clear_i', 0, 1, 1);
  recorder.next();
  const rate = () => rng.pick([1, 1, 0.6, 0.2]);
  const nets = NET_CLASSES.map((net) => {
    const tracks = tracksOf(arch, net);
    const selected = config[net].link.map((select, i) => {
      const node = fabric.nodeId(net, 'link', tile.id, i);
      return node !== undefined && fabric.fanin[node].some((way) => way.select === select);
    });
    // Buffers come in the order of the links that are driven.
    const own = linkOf(net, tile.id).map(({ fifo }) => fifo);
    const outgoing = selected.map((is) => (is ? own.shift() : undefined));
    const incoming = Array.from({ length: 4 * tracks }, (_, i) => {
      const neighbour = fabric.neighbour(tile, Math.floor(i / tracks) as 0 | 1 | 2 | 3);
      return neighbour && linkOf(net, neighbour.id)[i % tracks]?.fifo;
    });
    return { net, outgoing, incoming, inRate: rate(), unitRate: rate(), outRate: rate() };
  });
  const { lanes } = arch.pcu;
  const mix = { floats: false, small: 0.1 };
  let takes = 0;
  for (; recorder.cycle <= cycles; recorder.next()) {
    for (const { net, outgoing, incoming, unitRate } of nets) {
      const letter = net.charAt(0);
      const { inputs, outputs } = unit;
      const show = (fifo: Fifo, valid: string, bit: number, data: string) => {
        if (!fifo.valid) return;
        recorder.put(valid, bit, 1, 1);
        eachField(net, lanes, headOf(fifo), (lsb, width, value) => recorder.put(data, lsb, width, value));
      };
      incoming.forEach((fifo, i) => {
        if (fifo) show(fifo, `${letter}link_in_valid_i`, i, `${letter}link_in_data${i}_i`);
      });
      outputs[net].forEach((fifo, j) => {
        show(fifo, `${letter}unit_out_valid_i`, j, `${letter}unit_out_data${j}_i`);
      });
      inputs[net].forEach((fifo, p) => {
        recorder.put(`${letter}unit_in_ready_i`, p, 1, Number(fifo.ready));
        if (fifo.valid && rng.chance(unitRate)) fifo.pop();
      });
      outgoing.forEach((fifo, i) => {
        recorder.want(`${letter}link_out_valid_o`, i, 1, fifo?.valid ?? false);
        if (fifo?.valid)
          eachField(net, lanes, headOf(fifo), (lsb, width, value) => recorder.want(`${letter}link_out_data${i}_o`, lsb, width, value));
      });
    }
    let active = false;
    const before = new Map(nets.flatMap(({ net }) => unit.inputs[net].map((fifo) => [fifo, fifo.pushes])));
    for (const fork of network.forks) if (fork.source.count > 0) active = fork.step() || active;
    for (const { net, outgoing, incoming, inRate, outRate } of nets) {
      const letter = net.charAt(0);
      const popped = (fifo: Fifo, port: string, bit: number) => {
        if (fifo.valid) recorder.want(port, bit, 1, fifo.pops);
      };
      incoming.forEach((fifo, i) => {
        if (fifo) popped(fifo, `${letter}link_in_ready_o`, i);
      });
      unit.outputs[net].forEach((fifo, j) => {
        popped(fifo, `${letter}unit_out_ready_o`, j);
      });
      unit.inputs[net].forEach((fifo, p) => {
        const taken = fifo.pushes > (before.get(fifo) ?? 0);
        if (taken) takes++;
        recorder.want(`${letter}unit_in_valid_o`, p, 1, taken);
        if (!taken || net === 'control') return;
        const at = fifo.tail * fifo.width;
        const entry = {
          words: Array.from({ length: fifo.width }, (_, i) => fifo.words[at + i]),
          mask: fifo.masks[fifo.tail],
          last: fifo.lasts[fifo.tail],
        };
        eachField(net, lanes, entry, (lsb, width, value) => recorder.want(`${letter}unit_in_data${p}_o`, lsb, width, value));
      });
      outgoing.forEach((fifo, i) => {
        if (!rng.chance(outRate)) return;
        recorder.put(`${letter}link_out_ready_i`, i, 1, 1);
        if (fifo?.valid) fifo.pop();
      });
      for (const fifo of [...incoming, ...unit.outputs[net]]) {
        if (!fifo?.ready || !rng.chance(inRate)) continue;
        const entry = randomEntry(rng, net, lanes, mix);
        fifo.push(entry.words, entry.mask, entry.last);
      }
    }
    recorder.want('active_o', 0, 1, active);
    edge.commit();
  }
  return { ...recorder.recording, takes };
}

/** A random configuration and a random run. */
export function playRandomSwitch(fabric: Fabric, kind: Tile['kind'], bench: ReplayLayout, seed: string, cycles: number): PlayedSwitch {
  const rng = new Rng(seed);
  const tile = tileFor(fabric, kind);
  const config = randomSwitch(fabric, tile, rng);
  return withPast(rng, cycles, (some) => playSwitch(fabric, tile, config, bench, rng, some));
}

/** A unit that is nothing but its queues; token inputs are as deep as is useful. */
function portsUnit(fabric: Fabric, tile: Tile, edge: ClockEdge, rng: Rng): { inputs: UnitPorts; outputs: UnitPorts } {
  const ports = portsOf(fabric.arch, tile.kind);
  const width = { vector: fabric.arch.pcu.lanes, scalar: 1, control: 0 };
  const side = (way: 'in' | 'out') => {
    const queues = (net: NetClass) => Array.from({ length: ports[net][way] }, () => new Fifo(edge, rng.pick([1, 2, 4]), width[net]));
    return { vector: queues('vector'), scalar: queues('scalar'), control: queues('control') };
  };
  return { inputs: side('in'), outputs: side('out') };
}

/** Configurations of the neighbours by which their links towards the tile exist: each selects the first stream it can. */
function feeding(fabric: Fabric, tile: Tile): [number, TileConfig][] {
  return ([0, 1, 2, 3] as const).flatMap((side): [number, TileConfig][] => {
    const neighbour = fabric.neighbour(tile, side);
    if (neighbour === undefined) return [];
    const config = zeroOf(switchLayout(fabric.arch, neighbour.kind));
    for (const net of NET_CLASSES) {
      const tracks = tracksOf(fabric.arch, net);
      for (let t = 0; t < tracks; t++) {
        const index = ((side + 2) % 4) * tracks + t;
        const [way] = fabric.fanin[fabric.nodeId(net, 'link', neighbour.id, index) as number];
        if (way === undefined) throw new RangeError(`nothing can feed ${net} track ${t} on side ${side}`);
        (config[net].link as number[])[index] = way.select;
      }
    }
    return [[neighbour.id, { unit: {}, switch: config } as unknown as TileConfig]];
  });
}
