/** The manifest: what the files were made from. No dates and no absolute paths, so it only changes with the hardware. */
import { hash64 } from '../base/hash.ts';
import type { Fabric } from '../fabric/graph.ts';
import { TILE_KINDS } from '../fabric/ports.ts';
import type { ModuleSignature } from './signature.ts';

/** The text of `manifest.json`. */
export function manifestText(
  fabric: Fabric,
  fingerprint: string,
  modules: readonly ModuleSignature[],
  files: readonly { path: string; text: string }[],
): string {
  const { name, description, ...parameters } = fabric.arch;
  const manifest = {
    arch: name,
    description,
    fingerprint,
    tiles: {
      width: fabric.width,
      height: fabric.height,
      ...Object.fromEntries(TILE_KINDS.map((kind) => [kind, fabric.tilesOf(kind).length])),
    },
    parameters,
    templates: [...new Set(modules.map((module) => `templates/${module.template}`))].sort(),
    files: Object.fromEntries(files.map((file) => [file.path, hash64(file.text)])),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
