/** The multiplexers of the RTL's switches and the routing graph mean the same by a select value. */
import { describe, expect, test } from 'vitest';
import { SIDES } from '../../../src/fabric/graph.ts';
import { NET_CLASSES, tracksOf } from '../../../src/fabric/ports.ts';
import { switchRouting } from '../../../src/rtl/view/switch.ts';
import { fabricNamed } from '../../support/fabric.ts';

const TRACKS = [1, 2, 3, 4, 8];

describe.each(TRACKS)('%i tracks', (tracks) => {
  const fabric = fabricNamed('tiny', {
    grid: { columns: 3, rows: 3 },
    ag: { sides: ['west', 'east', 'north', 'south'] },
    network: { vectorTracks: tracks, scalarTracks: 5, controlTracks: 2 },
  });

  test.each(NET_CLASSES)('%s', (net) => {
    const count = tracksOf(fabric.arch, net);
    let edges = 0;
    for (const tile of fabric.tiles) {
      const routing = switchRouting(fabric.arch, tile.kind, net);
      for (const [kind, sinks] of [['link', routing.links] as const, ['in', routing.units] as const]) {
        sinks.forEach((choices, index) => {
          const node = fabric.nodeId(net, kind, tile.id, index);
          if (node === undefined) {
            // Only links over the border are missing.
            expect(kind).toBe('link');
            expect(fabric.neighbour(tile, Math.floor(index / count) as 0 | 1 | 2 | 3)).toBeUndefined();
            return;
          }
          const graph = fabric.fanin[node].map(({ from, select }) => {
            const { kind: sourceKind, tile: owner, index: at } = fabric.nodes[from];
            if (sourceKind === 'out') return `${select}: output ${at}`;
            const side = SIDES.findIndex((_, s) => fabric.neighbour(tile, s as 0 | 1 | 2 | 3)?.id === owner);
            // The neighbour's link towards us is the one on its opposite side.
            expect(Math.floor(at / count)).toBe((side + 2) % 4);
            return `${select}: ${SIDES[side]} ${at % count}`;
          });
          const rtl = choices.flatMap(({ select, source }) => {
            if (source.from === 'unit') return [`${select}: output ${source.port}`];
            const { side, track } = source;
            return fabric.neighbour(tile, side as 0 | 1 | 2 | 3) ? [`${select}: ${SIDES[side]} ${track}`] : [];
          });
          expect(rtl).toEqual(graph);
          edges += graph.length;
        });
      }
    }
    expect(edges).toBeGreaterThan(100);
  });
});
