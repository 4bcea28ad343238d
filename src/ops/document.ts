/** The page about the operations, `OPERATIONS.md`, made from the table and the macros themselves. */
import { floatOf } from './eval.ts';
import { EXPRESSIONS } from './expression.ts';
import { MEASURED } from './macros/measured.ts';
import { expandMacro, MACRO_NAMES, MACROS, type MacroFacts, type MacroName, MOST_FRACTION, operationsOf } from './macros.ts';
import { OP_NAMES, OPS, type Op, TREE_OPS } from './table.ts';

const TYPES = { i: 'word', f: 'float', same: 'any' } as const;

const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;
const code = (text: string): string => `\`${text}\``;

function operationRow(name: Op): string {
  const { code: opcode, arity, latency, float, doc } = OPS[name];
  const { operands, result } = EXPRESSIONS[name];
  const types = `${operands
    .slice(0, arity)
    .map((domain) => TYPES[domain])
    .join(', ')} → ${TYPES[result]}`;
  return row(code(name), opcode, types, latency, float ? 'yes' : '', doc.replaceAll('|', '\\|'));
}

/** A number short enough for a table: all digits where they are few. */
function short(x: number): string {
  const text = String(x);
  return text.length <= 12 ? text : x.toPrecision(9).replace(/\.?0+(e|$)/, '$1');
}

function macroRow(name: MacroName): string {
  const facts: MacroFacts = MACROS[name];
  const measured = MEASURED[name];
  const graph = expandMacro(name);
  const integer = facts.type === 'i';
  const bound = integer ? 'exact' : facts.ulp <= 0.5 ? `rounded right${facts.tiny ? `; below 2^-126: ${facts.tiny}` : ''}` : facts.ulp;
  const range = integer ? 'all' : facts.range.map(short).join(' to ');
  const worst = measured && !integer ? measured.worst.toFixed(3) : '';
  const at = measured && !integer && facts.ulp > 0.5 ? measured.at.map((bits) => short(floatOf(bits))).join(', ') : '';
  return row(
    code(name),
    facts.doc.replaceAll('|', '\\|'),
    operationsOf(graph),
    range,
    bound,
    worst,
    at,
    measured ? `${measured.vectors / 1e6} M` : '',
  );
}

/** The page as Markdown. */
export function operationsMarkdown(): string {
  const free = Array.from({ length: 64 }, (_, i) => i).filter((opcode) => !OP_NAMES.some((name) => OPS[name].code === opcode));
  return `# Operations

This page is made from \`table.ts\`, \`expression.ts\` and \`macros.ts\`: after a change of those, \`npm run prove -- --page\`.

A *word* is 32 bits of two's complement (or unsigned, where the operation says so), or a pair of bf16, element 0 in the low half.
A *float* is IEEE binary32: nearest even, subnormals kept, one NaN, 0x7fc00000. A pair has the NaN 0x7fc0 in either half. *any*: the bits pass as they are.
The cycles of a class are \`latency.*\` of the architecture; operations marked *fp* are built where \`pcu.float\` is set, elsewhere they give 0 like a code
that is not assigned (${free.join(', ')}). The lane tree takes ${TREE_OPS.map(code).join(', ')}.

| name | code | operands | class | fp | result |
|---|---|---|---|---|---|
${OP_NAMES.map(operationRow).join('\n')}

\`bdot2\` in full. The scale of a number is its exponent field, at least 1; that of a product is the sum of both less 127. E is the largest scale
of c and of the products that are not zero. All three terms, exact, are cut towards zero to multiples of 2^(E - 175); the sum of these is rounded
once. A zero sum is -0 only if all three terms are negative. So the result is the correctly rounded sum unless terms lie 2^24 apart.

Not in the table because two operations do it: *not* is \`xor\` with -1; *nand* and *nor* add that; a test for NaN is \`fne a a\`;
unsigned saturation is \`minu\` or \`maxu\` beside the sum; a byte is two shifts.

## Macros

A macro is a straight line of operations (\`expandMacro\` gives it as a graph); its answer is what those operations give, on every machine.
Errors are in units of the last place of the binary32 result, measured against double precision over the range, every exponent counting alike.
\`fixmul\` and \`fixdiv\` are shown for 16 digits behind the point; formats: 0 to 31 and 0 to ${MOST_FRACTION}.

| name | result | operations | range | bound, ulp | worst measured | at | vectors |
|---|---|---|---|---|---|---|---|
${MACRO_NAMES.map(macroRow).join('\n')}

\`reciprocal\` and \`sqrt\` are rounded right for every significand (all 2^23, and 2^24, are tried in the long tests). The argument of \`sin\` and \`cos\` is
reduced with pi/2 in 72 bits. \`pow\` carries logarithm and product in two parts each,
so that its error does not grow with the exponent; a quarter of its arguments is drawn next to 1.

## The proof

\`npm run prove\` runs every operation of the RTL under Verilator (corners, a full pipeline, stalls and masked lanes) against this machine's
arithmetic (\`templates/tb/fu_prove.cpp\`; every bf16 and every pair of bytes), and every macro against double precision, 1 M vectors each; \`npm run prove -- fma --vectors 20e6\` one of them for longer.
\`test/unit/ops\` holds \`EVAL\` against exact rationals and the generated text against \`EVAL\`; \`test/cosim/pcu.test.ts\` draws from all operations,
golden machine against RTL.

## Adding an operation

The type checker refuses everything between step 1 and step 3, the tests the rest.

1. \`table.ts\`: name, a free code, arity, class, one line. Codes never change: bitstreams carry them (and their fingerprint the table).
2. \`eval.ts\`: \`EVAL\`, the meaning on patterns.
3. \`expression.ts\`: \`EXPRESSIONS\`, the text and the domain of each operand (types in the front end follow from it); what it calls goes into \`EXPRESSION_NAMES\`.
4. \`templates/unit/fu_*.sv.njk\`: the class's part of the unit; \`USES\` in \`src/rtl/view/fu.ts\` if a shared part must tell the opcode apart.
5. \`templates/tb/fu_prove.cpp\`: \`expect\`, from the host's arithmetic, by another way than \`EVAL\`; random operands that reach its corners.
6. \`test/unit/ops/eval.test.ts\`: the same in exact arithmetic (a test counts the names).
7. \`npm run prove -- NAME --vectors 20e6\`, \`npm run prove -- --page\`, \`npx vitest run test/unit/ops test/cosim/fu.test.ts test/cosim/pcu.test.ts\`.
`;
}
