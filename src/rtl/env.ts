/**
 * The nunjucks environment of every template. Templates decide nothing: they print a view, whose
 * one root is `m`, with two filters of ours for alignment and Verilog literals.
 */
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { strict } from './strict.ts';

const TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url));

/** `text` filled with blanks to `width`, for aligned columns. */
function pad(text: unknown, width: number): string {
  return String(text).padEnd(width);
}

/** `value` as a sized Verilog hexadecimal literal, e.g. `hex(6)` of 17 is `6'h11`. */
function hex(value: unknown, width: number): string {
  const number = BigInt(value as number | bigint);
  if (number < 0n || number >> BigInt(width) !== 0n) {
    throw new Error(`${number} does not fit ${width} bits`);
  }
  return `${width}'h${number.toString(16).padStart(Math.ceil(width / 4), '0')}`;
}

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(TEMPLATES), {
  autoescape: false,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});
environment.addFilter('pad', pad);
environment.addFilter('hex', hex);

/** The text of template `name` (a path below `templates/`) for `view`, which the template sees as `m`. */
export function renderTemplate(name: string, view: object): string {
  return environment.render(name, { m: strict(view, 'm') });
}
