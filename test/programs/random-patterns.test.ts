/** Random dense patterns: reference = evaluator = golden machine, or a diagnostic that says why it does not fit. */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { RANDOM_FABRICS } from '../support/random-fabrics.ts';
import { randomPatterns } from '../support/random-patterns.ts';

const FULL = process.env.KILN_FULL !== undefined;
/** Programs on each fabric. */
const PROGRAMS = FULL ? 63 : 20;
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ideal, network: 'routed' } as const;

describe.each(RANDOM_FABRICS.slice(0, FULL ? undefined : 2))('on %s', (name, fabric) => {
  let refused = 0;
  test.each(Array.from({ length: PROGRAMS }, (_, n) => n))('program %i', async (n) => {
    const { program, text } = randomPatterns(new Rng(`patterns ${name} ${n}`), fabric.arch.pcu.float);
    try {
      const built = buildProgram(fabric, program, {}, {});
      const { problems } = await runPoint(fabric, built, options, async (_title, work) => work(() => {}));
      expect(problems, text).toEqual([]);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw new Error(`${error}\n${text}`, { cause: error });
      refused++;
    }
  });

  test('most of them fit', () => {
    expect(refused).toBeLessThan(PROGRAMS / 2);
  });
});
