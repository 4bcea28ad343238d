import { expect, test } from 'vitest';
import { errorDiagnostic } from '../../../src/base/diagnostic.ts';
import { renderDiagnostic, renderDiagnostics } from '../../../src/base/frame.ts';

const text = `${'\n'.repeat(40)}      topology: disjoint\n\tx: 1\n`;
const textOf = () => text;

const full = errorDiagnostic('E0312', 'switch box `sb_1_2` has no route from `west[3]` to `fu.a`', {
  span: { file: 'arch/demo.yaml', line: 41, column: 7, length: 18 },
  label: 'this topology never changes track',
  notes: ['`fu.a` listens only to tracks 0 and 1'],
  help: 'use `topology: wilton`',
});

test('a full diagnostic has message, frame, notes and help', () => {
  expect(`\n${renderDiagnostic(full, { textOf })}\n`).toBe(`
error[E0312]: switch box \`sb_1_2\` has no route from \`west[3]\` to \`fu.a\`
  --> arch/demo.yaml:41:7
   |
41 |       topology: disjoint
   |       ^^^^^^^^^^^^^^^^^^ this topology never changes track
   |
note: \`fu.a\` listens only to tracks 0 and 1
help: use \`topology: wilton\`
`);
});

test('without the text only the place is named', () => {
  expect(renderDiagnostic(full).split('\n').slice(1, 3)).toEqual(['  --> arch/demo.yaml:41:7', '   = this topology never changes track']);
});

test('tabs are kept under the line, and carets end with it', () => {
  const d = errorDiagnostic('E0001', 'odd', { span: { file: 'f', line: 42, column: 2, length: 99 } });
  expect(renderDiagnostic(d, { textOf }).split('\n').slice(-2)).toEqual(['42 | \tx: 1', '   | \t^^^^']);
});

test('colour only adds escapes', () => {
  const painted = renderDiagnostics([full, full], { textOf, color: true });
  expect(painted).toContain('\u001b[1;31merror[E0312]\u001b[0m');
  expect(painted.replace(/\u001b\[[\d;]*m/g, '')).toBe(renderDiagnostics([full, full], { textOf }));
});
