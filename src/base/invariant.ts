/** A mistake in kiln itself: never caused by a user's input, so it ends with exit code 70. */
export class InternalError extends Error {
  override name = 'InternalError';

  constructor(message: string, options?: ErrorOptions) {
    super(`internal error: ${message}; this is a bug in kiln, not your program`, options);
  }
}

/** Throws `InternalError` unless `cond` holds; `message` states what was expected to be true. */
export function invariant(cond: unknown, message: string | (() => string)): asserts cond {
  if (!cond) throw new InternalError(typeof message === 'string' ? message : message());
}

/** Closes an exhaustive `switch`: a new case breaks the build here before it breaks a run. */
export function unreachable(value: never, what = 'case'): never {
  throw new InternalError(`unhandled ${what} ${JSON.stringify(value)}`);
}
