/** The replay bench of one module of an architecture, with the ports its text has. */
import type { Arch } from '../../../src/arch/schema.ts';
import { hash64 } from '../../../src/base/hash.ts';
import { type ReplayBench, type ReplayModule, type ReplayPort, replayBench } from '../../../src/cosim/replay.ts';
import { Fabric } from '../../../src/fabric/graph.ts';
import { printModule } from '../../../src/rtl/emit.ts';
import { modulesOf } from '../../../src/rtl/modules.ts';
import { type ModuleSignature, signatureOf } from '../../../src/rtl/signature.ts';

export interface ModuleText {
  readonly module: string;
  readonly template: string;
  readonly text: string;
  readonly signature: ModuleSignature;
}

/** `top` and every module below it, parts first. */
export function modulesBelow(arch: Arch, top: string): ModuleText[] {
  const sources = new Map(modulesOf(new Fabric(arch), 'a test').map((source) => [source.module, source]));
  const found = new Map<string, ModuleText>();
  const visit = (module: string) => {
    if (found.has(module)) return;
    const source = sources.get(module);
    if (source === undefined) throw new RangeError(`no module \`${module}\``);
    const text = printModule(source);
    const signature = signatureOf(module, source.template, text);
    for (const used of signature.uses) visit(used);
    found.set(module, { module, template: source.template, text, signature });
  };
  visit(top);
  return [...found.values()];
}

export interface BenchOptions {
  /** Inputs that hold one value throughout. */
  readonly constants?: readonly string[];
  /** Changes the texts before they are built, or adds some. */
  readonly rewrite?: (modules: readonly ModuleText[]) => readonly { module: string; text: string }[];
  readonly flags?: readonly string[];
  /** Whether registers begin with anything; not for modules with memories, which golden models begin with 0. */
  readonly poison?: boolean;
}

/** Builds `top` for replay, or finds it. */
export function moduleBench(arch: Arch, top: string, options: BenchOptions = {}): Promise<ReplayBench> {
  const modules = modulesBelow(arch, top);
  const { signature } = modules.at(-1) as ModuleText;
  return textBench(options.rewrite?.(modules) ?? modules, signature, options);
}

/** Builds texts, of which `signature` is the top, for replay. */
export function textBench(
  texts: readonly { module: string; text: string }[],
  signature: ModuleSignature,
  { constants, flags, poison = false }: BenchOptions = {},
): Promise<ReplayBench> {
  return replayBench(
    { ...replayModule(texts, signature, constants), ...(flags ? { flags } : {}), poison },
    // One directory a text, so that tests may build side by side.
    `build/cosim/${signature.name}-${hash64(texts.map(({ text }) => text).join('\n'))}`,
  );
}

/** Texts, of which `signature` is the top, with the ports as replay sees them. */
export function replayModule(
  texts: readonly { module: string; text: string }[],
  signature: ModuleSignature,
  constants: readonly string[] = ['cfg_i'],
): ReplayModule {
  const ports = signature.ports.map(({ name, direction, width }): ReplayPort & { direction: string } => {
    if (typeof width === 'string') throw new RangeError(`\`${name}\` of \`${signature.name}\` depends on a parameter`);
    return { name, width, direction };
  });
  const isConstant = ({ name }: ReplayPort) => constants.includes(name);
  const inputs = ports.filter(({ direction, name }) => direction === 'input' && name !== 'clk_i');
  return {
    top: signature.name,
    files: texts.map(({ module, text }) => ({ path: `${module}.sv`, text })),
    constants: inputs.filter(isConstant),
    inputs: inputs.filter((port) => !isConstant(port)),
    outputs: ports.filter(({ direction }) => direction === 'output'),
  };
}
