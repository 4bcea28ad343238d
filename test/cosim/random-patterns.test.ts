/**
 * Random dense patterns: reference = evaluator = golden machine = RTL, or a diagnostic that says why the program does not fit.
 *
 * The full form makes 800 programs for the golden machine, of which more than 500 fit, and 160 of them for the RTL, of which more than
 * 100 fit, over 8 fabrics. A part of it takes minutes:
 * `KILN_FULL=1 npx vitest run --config test/vitest.config.ts test/cosim/random-patterns.test.ts -t "golden on tiny"`.
 */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { type Built, buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { RANDOM_FABRICS } from '../support/random-fabrics.ts';
import { randomPatterns } from '../support/random-patterns.ts';

const FULL = process.env.KILN_FULL !== undefined;
const fabrics = RANDOM_FABRICS.slice(0, FULL ? undefined : 2);
/** Programs on each fabric, and how many of them also run on its RTL. */
const GOLDEN = FULL ? 100 : 0;
const RTL = 20;
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const software = ['evaluator', 'golden'] as const;

/** Runs a program on some witnesses; false where the compiler refuses it: a diagnostic of a run is a failure. */
async function run(name: string, fabric: Fabric, n: number, witnesses: ReadonlySet<'evaluator' | 'golden' | 'rtl'>): Promise<boolean> {
  const { program, text } = randomPatterns(new Rng(`patterns ${name} ${n}`), fabric.arch);
  let built: Built;
  try {
    built = buildProgram(fabric, program, {}, {});
  } catch (error) {
    if (error instanceof DiagnosticError) return false;
    throw error;
  }
  const options = { witnesses, given, profile: DRAM_PROFILES.pir2020, network: 'routed' } as const;
  const { problems } = await runPoint(fabric, built, options);
  expect(problems, text).toEqual([]);
  return true;
}

/** The first programs of a fabric, most of which fit. */
function programs(name: string, fabric: Fabric, count: number, witnesses: ReadonlySet<'evaluator' | 'golden' | 'rtl'>): void {
  let fitting = 0;
  test.each(Array.from({ length: count }, (_, n) => n))(
    'program %i',
    async (n) => {
      if (await run(name, fabric, n, witnesses)) fitting++;
    },
    900_000,
  );

  test('most of them fit', () => {
    expect(fitting).toBeGreaterThan(count / 2);
  });
}

describe.each(fabrics)('rtl on %s', (name, fabric) => programs(name, fabric, RTL, new Set([...software, 'rtl'])));

describe.runIf(FULL).each(fabrics)('golden on %s', (name, fabric) => programs(name, fabric, GOLDEN, new Set(software)));
