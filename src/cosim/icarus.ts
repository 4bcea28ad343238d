/**
 * One run of a bitstream on the RTL in Icarus Verilog: a second simulator of the same text, with a test bench and a DRAM
 * model of its own. It knows four values a bit: registers without a reset begin as X, and an X that reaches an address or
 * a strobe of the memory, the host or an output is an error.
 */
import { join } from 'node:path';
import { DiagnosticError } from '../base/diagnostic.ts';
import { invariant } from '../base/invariant.ts';
import { BEAT_BYTES } from '../bitstream/format.ts';
import type { Fabric } from '../fabric/graph.ts';
import { emitRtl, RTL_PATHS, TOP_MODULE } from '../rtl/emit.ts';
import { renderTemplate } from '../rtl/env.ts';
import type { ModuleSignature } from '../rtl/signature.ts';
import { readText, repositoryRoot, writeAtomic } from '../tools/files.ts';
import { runIcarus } from '../tools/icarus.ts';
import { withScratch } from '../tools/scratch.ts';
import { benchView, bitOf, jobWords } from './icarus-view.ts';
import { type Answer, jobOf, outcomeOf, type RtlRun, type RunOptions } from './job.ts';
import { endedItself, tooLarge, unknownBits } from './messages.ts';

/** Lanes of all units beyond which nobody would wait: 16 (`tiny`) run at about a hundred cycles a second. */
const MOST_LANES = 256;

/** Compiles bench and RTL, loads and runs. Throws E0871 to E0873. */
export async function runOnIcarus(fabric: Fabric, kbit: Uint8Array, options: RunOptions): Promise<RtlRun> {
  const lanes = fabric.arch.pcu.lanes * (fabric.tilesOf('pcu').length + fabric.tilesOf('pmu').length);
  if (lanes > MOST_LANES) throw new DiagnosticError(tooLarge(fabric.arch.name, lanes, MOST_LANES));
  const job = jobOf(fabric, [{ kbit }], options);
  const [{ bits }] = job.sections;
  return withScratch('icarus', async (dir) => {
    const files = emitRtl(fabric);
    for (const { path, text } of files) if (path.endsWith('.sv')) await writeAtomic(join(dir, path), forIcarus(text));
    const text = files.find(({ path }) => path === RTL_PATHS.signature)?.text ?? '{}';
    const top = (JSON.parse(text) as { modules: ModuleSignature[] }).modules.find(({ name }) => name === TOP_MODULE);
    invariant(top, 'the RTL comes with the signature of its top');
    const beats = Math.ceil((job.address + bits.length) / BEAT_BYTES);
    await writeAtomic(join(dir, 'bench.sv'), renderTemplate('tb/bench.sv.njk', benchView(fabric, top, job, beats)));
    await writeAtomic(join(dir, 'job.hex'), lines(jobWords(fabric.arch, job).map((value) => value.toString(16))));
    await writeAtomic(join(dir, 'memory.hex'), memoryText(job.image, bits, job.address));
    options.onProgress?.('simulating');
    const modules = files.map(({ path }) => path).filter((path) => path.endsWith('.sv'));
    const { stdout, took } = await runIcarus({
      dir,
      top: 'kiln_bench',
      fileList: [...modules, join(repositoryRoot, 'templates', 'tb', 'kiln_dram.sv'), 'bench.sv'],
      ...(options.timeoutSeconds ? { timeoutSeconds: options.timeoutSeconds } : {}),
    });
    const told = await readText(join(dir, 'result.txt'));
    if (!told.endsWith('end 0\n')) throw new DiagnosticError(endedItself(stdout));
    const answer = answerOf(told);
    const image = answer.status === 'refused' ? job.image.slice() : imageOf(await readText(join(dir, 'image.hex')), job.image.length);
    return { ...outcomeOf(answer), image, seconds: { build: took.compile, run: took.run } };
  });
}

/**
 * Icarus 11 wakes an `always_comb` block by some of the variables that it writes itself, and then never leaves the time
 * step. An `always @*` block it wakes by what the block reads; that it does not run at time 0 changes nothing, as every
 * block of ours reads something that changes from X.
 */
const forIcarus = (text: string): string => text.replaceAll(/\balways_comb\b/g, 'always @*');

const lines = (list: readonly string[]): string => `${list.join('\n')}\n`;

/** Beats of 128 digits, the last byte first, as `$readmemh` takes them. */
function memoryText(image: Uint8Array, bits: Uint8Array, address: number): string {
  const memory = Buffer.alloc(Math.ceil((address + bits.length) / BEAT_BYTES) * BEAT_BYTES);
  memory.set(image);
  memory.set(bits, address);
  const text: string[] = [];
  for (let at = 0; at < memory.length; at += BEAT_BYTES)
    text.push(
      Buffer.from(memory.subarray(at, at + BEAT_BYTES))
        .reverse()
        .toString('hex'),
    );
  return lines(text);
}

/** What `$writememh` wrote, as bytes. */
function imageOf(text: string, bytes: number): Uint8Array {
  const beats = text.split('\n').filter((line) => /^[0-9a-fx]+$/i.test(line));
  const unknown = beats.flatMap((line, i) => (/x/i.test(line) ? [i] : []));
  if (unknown.length > 0) {
    const digits = beats[unknown[0]];
    const byte = unknown[0] * BEAT_BYTES + Math.floor((digits.length - 1 - digits.search(/x[^x]*$/i)) / 2);
    throw new DiagnosticError(unknownBits(`memory at byte ${byte}`, unknown.length));
  }
  const memory = Buffer.concat(beats.map((line) => Buffer.from(line, 'hex').reverse()));
  return new Uint8Array(memory.subarray(0, bytes));
}

/** Lines of a name and a hexadecimal value. */
function answerOf(text: string): Answer {
  const results: number[] = [];
  const values = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    const [name, digits] = line.trim().split(' ');
    if (/x/i.test(digits))
      throw new DiagnosticError(unknownBits(name === 'result' ? `result register ${results.length}` : `\`${name}\``, 1));
    const value = Number.parseInt(digits, 16);
    if (name === 'result') results.push(value);
    else values.set(name, value);
  }
  const value = (name: string): number => values.get(name) as number;
  const status = (name: string): boolean => ((value('status') >> bitOf('status', name)) & 1) === 1;
  const error = value('error');
  return {
    status: status('DONE') ? 'done' : status('HANG') ? 'hang' : status('LOADED') ? 'limit' : 'refused',
    cycles: value('cycles'),
    counted: value('countedHi') * 2 ** 32 + value('counted'),
    configCycles: value('configCycles'),
    residue: status('RESIDUE'),
    ...(status('ERROR') ? { error: { cause: error & 0xff, x: (error >> 8) & 0xff, y: (error >> 16) & 0xff, info: value('info') } } : {}),
    reads: value('reads'),
    writes: value('writes'),
    ...(values.has('outOfRange') ? { outOfRange: value('outOfRange') } : {}),
    results,
  };
}
