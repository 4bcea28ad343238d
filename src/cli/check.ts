/** What can be said about a file of each kind without running it. Errors are thrown or returned. */
import { type Diagnostic, DiagnosticError } from '../base/diagnostic.ts';
import { invariant } from '../base/invariant.ts';
import { parseSections } from '../bitstream/asm.ts';
import { checkConfigs } from '../bitstream/check.ts';
import { decodeSections } from '../bitstream/sections.ts';
import { checkFabric } from '../fabric/check.ts';
import { Fabric } from '../fabric/graph.ts';
import { buildProgram } from '../sweep/point/build.ts';
import { targetOf } from '../sweep/point/target.ts';
import { readBytes, readText } from '../tools/files.ts';
import { type ArchOptions, loadArch, parseNamed } from './arch.ts';
import { archNeeded } from './messages.ts';
import type { Output } from './output.ts';
import { loadProgram } from './program.ts';

interface CheckOptions extends ArchOptions {
  readonly arch?: string;
}

/** The file, and the fabric it describes: a fabric that contradicts itself is our bug. */
export async function checkArch(file: string, options: CheckOptions, out: Output): Promise<readonly Diagnostic[]> {
  const { arch, diagnostics } = await parseNamed(file, options, out);
  if (arch) {
    const broken = checkFabric(new Fabric(arch));
    invariant(broken.length === 0, () => `the fabric of ${file} contradicts itself: ${broken[0]}`);
  }
  return diagnostics;
}

/** Without an architecture the program is built for the published one; with one it must also fit. */
export async function checkProgram(file: string, options: CheckOptions, out: Output): Promise<readonly Diagnostic[]> {
  const program = await loadProgram(file);
  if (options.arch === undefined) program.build(program.resolve());
  else {
    const fabric = await fabricOf(file, options, out);
    program.build(program.resolve(), targetOf(fabric.arch));
    buildProgram(fabric, program, {}, {});
  }
  return [];
}

export async function checkBitstream(file: string, options: CheckOptions, out: Output): Promise<readonly Diagnostic[]> {
  const fabric = await fabricOf(file, options, out);
  const sections = decodeSections(fabric, new Uint8Array(await readBytes(file, 'bitstream')));
  return sections.flatMap(({ configs }) => checkConfigs(fabric, configs));
}

export async function checkAssembly(file: string, options: CheckOptions, out: Output): Promise<readonly Diagnostic[]> {
  const fabric = await fabricOf(file, options, out);
  const sections = parseSections(fabric, await readText(file, 'assembly text'), file);
  return sections.flatMap(({ configs }) => checkConfigs(fabric, configs));
}

async function fabricOf(file: string, options: CheckOptions, out: Output): Promise<Fabric> {
  if (options.arch === undefined) throw new DiagnosticError(archNeeded(file));
  return new Fabric(await loadArch(options.arch, options, out));
}
