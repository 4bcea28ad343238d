/** Random dense patterns: reference = evaluator = golden machine = RTL, or a diagnostic that says why the program does not fit. */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { type Built, buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { RANDOM_FABRICS } from '../support/random-fabrics.ts';
import { randomPatterns } from '../support/random-patterns.ts';

const FULL = process.env.KILN_FULL !== undefined;
/** Programs on each fabric, and how many of them also run on its RTL. */
const PROGRAMS = FULL ? 63 : 20;
const ON_RTL = FULL ? 18 : 20;
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const software = ['evaluator', 'golden'] as const;

describe.each(RANDOM_FABRICS.slice(0, FULL ? undefined : 2))('on %s', (name, fabric) => {
  let refused = 0;
  test.each(Array.from({ length: PROGRAMS }, (_, n) => n))(
    'program %i',
    async (n) => {
      const { program, text } = randomPatterns(new Rng(`patterns ${name} ${n}`), fabric.arch);
      const witnesses = new Set(n < ON_RTL ? ([...software, 'rtl'] as const) : software);
      const options = { witnesses, given, profile: DRAM_PROFILES.pir2020, network: 'routed' } as const;
      let built: Built;
      try {
        built = buildProgram(fabric, program, {}, {});
      } catch (error) {
        // Only the compiler may refuse: a diagnostic of a run is a failure.
        if (!(error instanceof DiagnosticError)) throw error;
        refused++;
        return;
      }
      const { problems } = await runPoint(fabric, built, options, async (_title, work) => work(() => {}));
      expect(problems, text).toEqual([]);
    },
    900_000,
  );

  test('most of them fit', () => {
    expect(refused).toBeLessThan(PROGRAMS / 2);
  });
});
