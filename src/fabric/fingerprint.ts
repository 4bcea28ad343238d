/**
 * The fingerprint of an architecture: a bitstream carries it and the loader refuses another one.
 * It covers everything that decides what a bit means: every hardware parameter, the version of the
 * layouts in `config.ts`, the operation table and the seeds. Names and descriptions do not count.
 */
import type { Arch } from '../arch/schema.ts';
import { hash64 } from '../base/hash.ts';
import { SEED_TEXT } from '../ops/seeds.ts';
import { OP_NAMES, OPS } from '../ops/table.ts';

/** Goes up with every change of a layout in `config.ts` that parameters do not show. */
export const LAYOUT_VERSION = 2;

/** 64 bits as two unsigned words. */
export interface Fingerprint {
  readonly lo: number;
  readonly hi: number;
}

/** FNV-1a over the canonical JSON of everything that affects the hardware. */
export function fingerprintOf(arch: Arch): Fingerprint {
  const { name: _name, description: _description, ...hardware } = arch;
  const ops = OP_NAMES.map((name) => {
    const { code, arity, latency, float } = OPS[name];
    return [name, code, arity, latency, float];
  });
  const hex = hash64(canonicalJson({ layout: LAYOUT_VERSION, hardware, ops, seeds: SEED_TEXT }));
  return { hi: Number.parseInt(hex.slice(0, 8), 16), lo: Number.parseInt(hex.slice(8), 16) };
}

/** The fingerprint as people see it: 16 hex digits, high word first. */
export function formatFingerprint({ lo, hi }: Fingerprint): string {
  return hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');
}

/** JSON with the keys of every object sorted, so that the order of a YAML file does not count. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
