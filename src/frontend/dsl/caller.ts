/**
 * Where the program's text called us: the first frame of the stack outside the front end.
 * Files of this repository are named relative to it, others as they ran.
 */
import type { Source } from '../../ir/loops.ts';

const here = toPath(import.meta.url).replace(/frontend\/dsl\/caller\.\w+$/, '');
const root = here.replace(/src\/$/, '');
const own = `${here}frontend/`;

/** Position of the call into the front end, if the engine tells. */
export function callerSource(): Source | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 24;
  const { stack = '' } = new Error('where');
  Error.stackTraceLimit = limit;
  return firstOutside(stack, own);
}

/** The line outside Kiln where an error came from, or that called what it came from. */
export const sourceOf = (stack: string): Source | undefined => firstOutside(stack, here);

/** The first frame of a stack that is not in a file below `inside`. */
function firstOutside(stack: string, inside: string): Source | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const match = /(?:\(|at )((?:file:\/\/)?[^\s()][^()]*?):(\d+):(\d+)\)?$/.exec(line.trim());
    if (!match) continue;
    const path = toPath(match[1].replace(/^(?:at |async )+/, ''));
    if (path.startsWith(inside) || path.startsWith('node:') || path.includes('/node_modules/')) continue;
    return { file: path.startsWith(root) ? path.slice(root.length) : path, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

function toPath(url: string): string {
  const path = url.replace(/[?#].*$/, '').replaceAll('\\', '/');
  return path.startsWith('file://') ? decodeURIComponent(path.slice('file://'.length)) : path;
}
