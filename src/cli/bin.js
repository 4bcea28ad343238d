#!/usr/bin/env node
// Runs `main.ts` with TypeScript loaded in this process; `main.ts` reads `process.argv` and acts when imported.
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

module.enableCompileCache?.();

try {
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) });
  module.register('./resolve.js', import.meta.url);
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('error: the packages are not installed\nhelp: run `npm ci` in the repository, or `npm start`, which does it');
  process.exit(1);
}
try {
  await import('./main.ts');
} catch (error) {
  console.error(`error: internal error: ${error?.message ?? error}; this is a bug in kiln, not your program`);
  if (process.env.KILN_DEBUG) console.error(error?.stack);
  process.exit(70);
}
