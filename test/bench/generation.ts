import { table } from '../../src/base/text.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { emitRtl } from '../../src/rtl/emit.ts';
import { archNamed } from '../support/fabric.ts';

/** Seconds from an architecture to its SystemVerilog in memory. */
export function generation(): string {
  const rows = ['tiny', 'demo', 'plasticine', 'ml', 'sara', 'sn10'].map((name) => {
    const start = performance.now();
    const fabric = new Fabric(archNamed(name));
    const elaborated = performance.now();
    const files = emitRtl(fabric);
    const end = performance.now();
    const kilobytes = Math.round(files.reduce((sum, { text }) => sum + text.length, 0) / 1000);
    return [
      name,
      fabric.tiles.length,
      ((elaborated - start) / 1000).toFixed(2),
      ((end - elaborated) / 1000).toFixed(2),
      files.length,
      kilobytes,
    ];
  });
  return table([['architecture', 'tiles', 'elaborate s', 'generate s', 'files', 'kB'], ...rows], { header: true });
}
