/**
 * Views that refuse to be misread. nunjucks' `throwOnUndefined` only guards a printed value: a
 * missing key in an `if`, a `for`, a filter or `~` passes silently as nothing. A view wrapped here
 * throws at the key itself, and the error names the path from the root.
 */

/** `view` with every read of a missing key, at any depth, turned into an error naming `path`. */
export function strict<T extends object>(view: T, path: string): T {
  return new Proxy(view, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol') {
        return value;
      }
      const here = /^\d+$/.test(key) ? `${path}[${key}]` : `${path}.${key}`;
      if (value === undefined) {
        throw new Error(`the view has no \`${here}\``);
      }
      return typeof value === 'object' && value !== null ? strict(value, here) : value;
    },
  });
}
