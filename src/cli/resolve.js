// Module hooks for programs that lie outside the repository, loaded by `bin.js` after tsx.

const kiln = new URL('../index.ts', import.meta.url).href;

/** `kiln` means this repository's public door, and a `.ts` file is a module even where no package.json says so. */
export async function resolve(specifier, context, next) {
  if (specifier === 'kiln') return next(kiln, context);
  const found = await next(specifier, context);
  const isProgram = found.format === 'commonjs' && /\.ts(\?|$)/.test(found.url) && !found.url.includes('/node_modules/');
  return isProgram ? { ...found, format: 'module' } : found;
}
