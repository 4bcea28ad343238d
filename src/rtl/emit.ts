/** `kiln rtl` as a function: the files of a fabric's RTL, in memory. */
import { Digraph, topologicalOrder } from '../base/digraph.ts';
import { invariant } from '../base/invariant.ts';
import { fingerprintOf, formatFingerprint } from '../fabric/fingerprint.ts';
import type { Fabric } from '../fabric/graph.ts';
import { renderTemplate } from './env.ts';
import { KIT_PATHS, kitFiles } from './kit/kit.ts';
import { manifestText } from './manifest.ts';
import { type ModuleSource, modulesOf } from './modules.ts';
import { type ModuleSignature, signatureOf } from './signature.ts';
import { tidy, untidy } from './tidy.ts';
import { waiverText } from './waivers.ts';

/** A generated file; `path` is relative to the output folder, with `/`. */
export interface RtlFile {
  readonly path: string;
  readonly text: string;
}

/** The top module of every fabric. */
export const TOP_MODULE = 'kiln_top';

/** Names of the files that are not modules. */
export const RTL_PATHS = {
  list: 'kiln.f',
  signature: 'signature.json',
  manifest: 'manifest.json',
  waivers: 'waivers.vlt',
  ...KIT_PATHS,
} as const;

/** Modules that watch and drive nothing: their text is empty for synthesis. */
export const SIMULATION_ONLY: ReadonlySet<string> = new Set(['kiln_axi_check', 'kiln_axil_check', 'kiln_stable_check']);

/** Where the module `name` goes. */
export function modulePath(name: string): string {
  return `rtl/${name}.sv`;
}

/**
 * Everything about the RTL of `fabric`: a file a module, their list in an order in which a module
 * comes after those it uses, signatures, waivers, the hand-off kit and a manifest. `banner` says in each file what
 * it was generated from.
 */
export function emitRtl(fabric: Fabric, banner = `architecture ${fabric.arch.name}`): RtlFile[] {
  const texts = new Map<string, string>();
  const signatures = new Map<string, ModuleSignature>();
  for (const source of modulesOf(fabric, banner)) {
    invariant(!texts.has(source.module), `two templates print \`${source.module}\``);
    const text = printModule(source);
    texts.set(source.module, text);
    signatures.set(source.module, signatureOf(source.module, source.template, text, source.facts));
  }
  const order = usedInOrder(signatures);
  const modules = order.map((name): RtlFile => ({ path: modulePath(name), text: texts.get(name)! }));
  const used = order.map((name) => signatures.get(name)!);
  const waivers = { path: RTL_PATHS.waivers, text: waiverText(fabric) };
  const files: RtlFile[] = [
    ...modules,
    { path: RTL_PATHS.list, text: `${modules.map((file) => file.path).join('\n')}\n` },
    { path: RTL_PATHS.signature, text: json({ top: TOP_MODULE, modules: used }) },
    waivers,
    ...kitFiles({
      fabric,
      banner,
      top: signatures.get(TOP_MODULE)!,
      modules: used,
      synthesis: order.filter((name) => !SIMULATION_ONLY.has(name)).map(modulePath),
      checks: order.filter((name) => SIMULATION_ONLY.has(name)).map(modulePath),
      waivers: waivers.path,
    }),
  ];
  const fingerprint = formatFingerprint(fingerprintOf(fabric.arch));
  return [...files, { path: RTL_PATHS.manifest, text: manifestText(fabric, fingerprint, used, files) }];
}

/** The checked text of one module. */
export function printModule(source: ModuleSource): string {
  const text = tidy(renderTemplate(source.template, source.view));
  const [first] = untidy(text);
  invariant(first === undefined, () => `\`${source.template}\` prints what it must not: ${first}`);
  return text;
}

/** The modules below the top, those without dependence first, by name among equals. */
function usedInOrder(signatures: ReadonlyMap<string, ModuleSignature>): string[] {
  const graph = new Digraph<string>();
  const visit = (name: string) => {
    if (graph.has(name)) return;
    graph.addNode(name);
    const found = signatures.get(name);
    invariant(found, `no template prints \`${name}\``);
    for (const used of found.uses) {
      visit(used);
      graph.addEdge(used, name);
    }
  };
  visit(TOP_MODULE);
  const { order } = topologicalOrder(graph);
  invariant(order, 'modules instantiate each other');
  return order;
}

/** JSON for people: an array of plain values in one line. */
function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(/\{\s+("name": [^{}[\]]*?)\s+\}/g, (_all, inner: string) => `{ ${inner.replace(/\s*\n\s*/g, ' ')} }`)}\n`;
}
