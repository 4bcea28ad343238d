/**
 * `npm run prove [-- NAME... --vectors N --seed S --record]`: every operation of the functional
 * unit, as RTL under Verilator, against the arithmetic of this machine; every macro, by the operations
 * it is made of, against double precision. Prints a table; exits 1 where anything is wrong. `--record`
 * keeps the errors of macros for the documentation; `--page` only prints that anew.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { floatOf } from '../../src/ops/eval.ts';
import { expandMacro, MACRO_NAMES, MACROS, type MacroFacts, type MacroName, operationsOf } from '../../src/ops/macros.ts';
import { OP_NAMES } from '../../src/ops/table.ts';
import { measure } from './macro-error.ts';
import { record, writePage } from './record.ts';
import { build, operations, settings, unit } from './unit.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vectors: { type: 'string', default: '1e6' },
    seed: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
});
const vectors = Math.round(Number(values.vectors));
if (!(vectors >= 1000)) stop(`--vectors takes a number from 1000 on, not \`${values.vectors}\``);
const known = [...OP_NAMES, ...MACRO_NAMES] as string[];
for (const name of positionals) {
  if (!known.includes(name)) stop(`unknown operation or macro \`${name}\`; the known ones: ${known.join(' ')}`);
}
const asked = positionals.length > 0 ? positionals : known;

if (values.page) {
  writePage();
  process.exit(0);
}
let wrong = 0;
line('operation', 'vectors', 'mismatches', 'worst ulp', '');
await proveOperations(asked.filter((name) => (OP_NAMES as string[]).includes(name)));
const errors = MACRO_NAMES.filter((name) => asked.includes(name)).map(proveMacro);
if (values.record) record(errors);
console.log(wrong === 0 ? 'proved' : `${wrong} of ${asked.length} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;

/** The unit of the published architecture, all lanes busy; the harness says a line an operation. */
async function proveOperations(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const params = unit(16, true, 1, 2, 4);
  const binary = await build('prove', params);
  const listed = operations(params).filter((text) => names.includes(text.split(':')[0]));
  const run = execa(binary, [...settings(params, String(vectors), values.seed), ...listed], {
    reject: false,
    stderr: 'inherit',
    buffer: false,
  });
  let seen = 0;
  for await (const text of createInterface({ input: run.stdout })) {
    const [name, count, mismatches] = text.split(' ');
    line(name, count, mismatches, '', '');
    seen++;
    if (mismatches !== '0') wrong++;
  }
  await run;
  if (seen !== names.length) stop(`the harness ended after ${seen} of ${names.length} operations`);
}

function proveMacro(name: MacroName) {
  const facts: MacroFacts = MACROS[name];
  const error = measure(name, vectors);
  const rounded = facts.ulp <= 0.5;
  const good = error.worst <= facts.ulp && (!rounded || error.unrounded === 0) && error.worstTiny <= (facts.tiny ?? Math.max(1, facts.ulp));
  const at = error.at.map((x) => (facts.type === 'f' ? floatOf(x) : x)).join(', ');
  const where = error.worst > 0 && !(rounded && good) ? `at ${at}` : '';
  line(name, String(vectors), rounded ? String(error.unrounded) : '', facts.type === 'f' ? error.worst.toFixed(3) : '', where);
  if (!good) {
    console.log(`  ${name}: ${error.worst} ulp, below 2^-126 ${error.worstTiny} ulp; the bound is ${facts.ulp}`);
    wrong++;
  }
  return { ...error, operations: operationsOf(expandMacro(name)) };
}

function line(...cells: [string, string, string, string, string]): void {
  const [name, count, mismatches, ulp, where] = cells;
  console.log(`${name.padEnd(11)}${count.padStart(10)}${mismatches.padStart(12)}${ulp.padStart(11)}  ${where}`.trimEnd());
}

function stop(problem: string): never {
  console.error(`error: ${problem}`);
  process.exit(2);
}
