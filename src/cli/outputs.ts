/** The outputs of a run as `.npy` files. */
import { join } from 'node:path';
import { writeNpy } from '../base/npy.ts';
import type { Point } from '../sweep/point/point.ts';
import type { PointReport } from '../sweep/point/report.ts';
import { WITNESSES } from '../sweep/point/witness.ts';
import { writeAtomic } from '../tools/files.ts';

/** Writes each output array and result as the last witness gave it, and notes the file in the report. */
export async function saveOutputs(directory: string, { answers, built }: Point, report: PointReport): Promise<void> {
  const last = WITNESSES.filter((witness) => answers.has(witness)).at(-1);
  const found = last && answers.get(last);
  if (!found) return;
  const save = async (name: string, type: string, shape: readonly number[], words: Uint32Array) => {
    const file = join(directory, `${name}.npy`);
    const { buffer, byteOffset, length } = words;
    await writeAtomic(
      file,
      writeNpy(type === 'f32' ? new Float32Array(buffer, byteOffset, length) : new Int32Array(buffer, byteOffset, length), shape),
    );
    report.outputs[name].file = file;
  };
  for (const { name, type, shape, role } of built.loops.dram)
    if (role !== 'in') await save(name, type, shape, found.outputs.get(name) as Uint32Array);
  for (const { name, type } of built.loops.results) await save(name, type, [], Uint32Array.of(found.results.get(name) ?? 0));
}
