import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

// KILN_FULL=1 (npm run test:full) lengthens the random and exhaustive tests; each reads it for itself.
export default defineConfig({
  root,
  resolve: { alias: { kiln: `${root}src/index.ts` } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Much of a test's time is a child process (Verilator, a compiler): the default of one worker on two cores leaves one idle.
    maxWorkers: 2,
    testTimeout: process.env.KILN_FULL ? 1_800_000 : 900_000,
    hookTimeout: 1_200_000,
    reporters: ['default'],
  },
});
