import { expect, test } from 'vitest';
import { InternalError, invariant, unreachable } from '../../../src/base/invariant.ts';

test('a broken invariant says that the bug is ours', () => {
  expect(() => invariant(1 + 1 === 2, 'never')).not.toThrow();
  expect(() => invariant(false, 'lanes are zero')).toThrow(new InternalError('lanes are zero'));
  expect(() => invariant(0, () => 'made late')).toThrow('internal error: made late; this is a bug in kiln, not your program');
  expect(() => unreachable('jump' as never, 'opcode')).toThrow('unhandled opcode "jump"');
});
