import { expect, test } from 'vitest';
import { DiagnosticCollector, DiagnosticError, errorDiagnostic, warningDiagnostic } from '../../../src/base/diagnostic.ts';

test('a collector throws all it holds once there is an error, and only then', () => {
  const found = new DiagnosticCollector();
  found.warning('W0001', 'tile `a` is unused');
  expect(() => found.throwIfErrors()).not.toThrow();
  found.error('E0312', 'no route', { span: { file: 'a.yaml', line: 3, column: 7, length: 2 } });
  expect(found.errors).toHaveLength(1);
  expect(found.warnings).toHaveLength(1);
  expect(() => found.throwIfErrors()).toThrow('warning[W0001]: tile `a` is unused\nerror[E0312]: no route (a.yaml:3:7)');
});

test('an error carries one diagnostic or many', () => {
  const one = errorDiagnostic('E0001', 'a');
  expect(new DiagnosticError(one).diagnostics).toEqual([one]);
  expect(new DiagnosticError([one, warningDiagnostic('W0002', 'b')]).diagnostics).toHaveLength(2);
});
