/** Mutation testing of the RTL, in small: the full score is `npm run mutate`. */
import { expect, test } from 'vitest';
import { archNamed } from '../support/fabric.ts';
import { modulesBelow } from '../support/proof/module.ts';
import { BENCHES } from './benches.ts';
import { EQUIVALENT } from './equivalent.ts';
import { mutate } from './run.ts';
import { schemataOf } from './schemata.ts';
import { nameOf, readSurvivors } from './survivors.ts';

test('every entry of the table of equivalent mutants speaks of a mutant that there is', () => {
  const texts = new Map(BENCHES.flatMap((bench) => bench.texts().map(({ module, text }) => [module, text] as const)));
  const stale = EQUIVALENT.filter(({ module, line, what, column }) => {
    const { mutants } = schemataOf(module, texts.get(module) ?? '', Number.POSITIVE_INFINITY, 1);
    return !mutants.some((mutant) => mutant.line === line && mutant.what === what && (column === undefined || mutant.column === column));
  });
  expect(stale).toEqual([]);
});

test('the last full run is written down for every bench, reaches its goal, and speaks of mutants that there are', () => {
  const { figures, alive } = readSurvivors();
  expect(figures.map(({ bench }) => bench)).toEqual(BENCHES.map(({ name }) => name));
  const sum = (key: 'mutants' | 'caught' | 'equivalent') => figures.reduce((total, one) => total + one[key], 0);
  expect(sum('caught') / (sum('mutants') - sum('equivalent'))).toBeGreaterThanOrEqual(0.95);
  const names = new Map(
    BENCHES.map((bench) => [
      bench.name,
      new Set(
        bench
          .texts()
          .flatMap(({ module, text }) => schemataOf(module, text, Number.POSITIVE_INFINITY, 1).mutants.map((mutant) => nameOf(mutant))),
      ),
    ]),
  );
  const stale = [...alive].flatMap(([bench, list]) => list.filter((name) => !names.get(bench)?.has(name)));
  expect(stale).toEqual([]);
});

test('every module of the top can be read, and text without a chosen mutant is as it was', () => {
  const modules = modulesBelow(archNamed('tiny'), 'kiln_top').filter(({ module }) => !/_check$/.test(module));
  expect(modules.length).toBeGreaterThan(40);
  let places = 0;
  for (const { module, text } of modules) {
    const { text: same, possible } = schemataOf(module, text, 0, 1);
    expect(same, module).toBe(text);
    places += possible;
  }
  expect(places).toBeGreaterThan(10_000);
});

const LINES = `module m (
  input  logic a_i,
  output logic [3:0] y_o
);
  logic [3:0] q;
  assign y_o = (a_i && q != 4'd7) ? q + 4'd1 : {2'b10, q[3:2]};
  always_ff @(posedge a_i) begin
    if (!a_i) q <= '0;
  end
endmodule
`;

test('mutants are what stands there', () => {
  const { mutants, text, fixed } = schemataOf('m', LINES, Number.POSITIVE_INFINITY, 1);
  const list = mutants.map(({ what, column }) => `${what} at ${column}`);
  expect(list).toEqual(
    expect.arrayContaining(['?: swapped at 13', '&& to || at 14', '!= to == at 21', "4'd7 to 4'd8 at 26", '+ to - at 34']),
  );
  expect(list).toEqual(
    expect.arrayContaining(["2'b10 to 2'b11 at 46", 'condition always 0 at 4', 'keeps its value at 15', "'0 to '1 at 15"]),
  );
  expect(fixed).toBeGreaterThan(0);
  // Each mutant is chosen by its number.
  for (const { id } of mutants) expect(text).toContain(`kiln_mutant::id == 32'd${id})`);
});

test('the recordings of the chain betray what is wrong with an event', { timeout: 300_000 }, async () => {
  const [bench] = BENCHES;
  const scores = await mutate(bench, { mutants: 12, cases: 10, seed: 'test', modules: ['kiln_event', 'kiln_affine'] });
  expect(scores.map(({ module }) => module).sort()).toEqual(['kiln_affine', 'kiln_event']);
  for (const { module, mutants, survivors } of scores) {
    expect(mutants, module).toBeGreaterThan(5);
    expect(survivors, module).toEqual([]);
  }
});
