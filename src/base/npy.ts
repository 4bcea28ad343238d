import { type Diagnostic, DiagnosticError, errorDiagnostic } from './diagnostic.ts';

/** An array as NumPy stores it, in C order. `<i8` is read only, narrowed to int32 when every value fits. */
export type NpyArray =
  | { readonly dtype: '<i4' | '<i8'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: '<u4'; readonly shape: readonly number[]; readonly data: Uint32Array }
  | { readonly dtype: '<f4'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: '<f8'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: '|u1'; readonly shape: readonly number[]; readonly data: Uint8Array };

const magic = '\x93NUMPY';
const sizes: Readonly<Record<NpyArray['dtype'], number>> = { '<i4': 4, '<u4': 4, '<f4': 4, '<f8': 8, '|u1': 1, '<i8': 8 };

/** Reads a `.npy` file, version 1 to 3; `file` names it in messages. Throws `DiagnosticError` (E0920–E0926). */
export function readNpy(bytes: Uint8Array, file = 'array'): NpyArray {
  const { text, start } = readHeader(bytes, file);
  const dtype = field(text, /'descr'\s*:\s*'([^']*)'/, file);
  const fortran = field(text, /'fortran_order'\s*:\s*(True|False)/, file) === 'True';
  const shape = readShape(text, file);
  if (!isDtype(dtype)) throw new DiagnosticError(dtype.startsWith('>') ? bigEndian(file, dtype) : unknownDtype(file, dtype));
  if (fortran && shape.length > 1) throw new DiagnosticError(fortranOrder(file));
  const count = shape.reduce((product, size) => product * size, 1);
  const size = count * sizes[dtype];
  if (bytes.length - start !== size) throw new DiagnosticError(wrongLength(file, shape, 'bytes', size, bytes.length - start));
  // A copy: a typed array must start at a multiple of its element's size, and must not see later changes.
  // (`slice` of a Buffer of Node would be a view.)
  const buffer = new Uint8Array(bytes.subarray(start, start + size)).buffer;
  switch (dtype) {
    case '<i4':
      return { dtype, shape, data: new Int32Array(buffer) };
    case '<u4':
      return { dtype, shape, data: new Uint32Array(buffer) };
    case '<f4':
      return { dtype, shape, data: new Float32Array(buffer) };
    case '<f8':
      return { dtype, shape, data: new Float64Array(buffer) };
    case '|u1':
      return { dtype, shape, data: new Uint8Array(buffer) };
    case '<i8':
      return { dtype, shape, data: narrow(new BigInt64Array(buffer), file) };
  }
}

/** Writes a `.npy` file, version 1.0, as NumPy does; the type of `data` gives the dtype. */
export function writeNpy(data: Int32Array | Uint32Array | Float32Array | Float64Array | Uint8Array, shape: readonly number[]): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) throw new DiagnosticError(wrongLength('array', shape, 'elements', count, data.length));
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '${dtypeOf(data)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const header = `${magic}\x01\x00  ${dict.padEnd(start - 11)}\n`;
  const out = new Uint8Array(start + data.byteLength);
  for (let i = 0; i < start; i++) out[i] = header.charCodeAt(i);
  new DataView(out.buffer).setUint16(8, start - 10, true);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return out;
}

function readHeader(bytes: Uint8Array, file: string): { text: string; start: number } {
  const latin1 = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (latin1(0, 6) !== magic) throw new DiagnosticError(notNpy(file));
  const major = bytes[6];
  if (major !== 1 && major !== 2 && major !== 3) throw new DiagnosticError(badHeader(file, `format version ${major} is unknown`));
  const prefix = major === 1 ? 10 : 12;
  if (bytes.length < prefix) throw new DiagnosticError(badHeader(file, 'it ends inside the header'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = prefix + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length || start > 65_536) throw new DiagnosticError(badHeader(file, 'it ends inside the header'));
  return { text: latin1(prefix, start), start };
}

function field(header: string, pattern: RegExp, file: string): string {
  const found = pattern.exec(header);
  if (!found) throw new DiagnosticError(badHeader(file, 'structured types and other layouts are not read'));
  return found[1];
}

function readShape(header: string, file: string): number[] {
  const inside = field(header, /'shape'\s*:\s*\(([\d\s,]*)\)/, file);
  return inside
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
}

function narrow(wide: BigInt64Array, file: string): Int32Array {
  const data = new Int32Array(wide.length);
  for (let i = 0; i < wide.length; i++) {
    const value = Number(wide[i]);
    data[i] = value;
    if (data[i] !== value) throw new DiagnosticError(outOfInt32(file, i, wide[i]));
  }
  return data;
}

function isDtype(text: string): text is NpyArray['dtype'] {
  return Object.hasOwn(sizes, text);
}

function dtypeOf(data: Int32Array | Uint32Array | Float32Array | Float64Array | Uint8Array): NpyArray['dtype'] {
  if (data instanceof Int32Array) return '<i4';
  if (data instanceof Uint32Array) return '<u4';
  if (data instanceof Float32Array) return '<f4';
  return data instanceof Float64Array ? '<f8' : '|u1';
}

const notNpy = (file: string): Diagnostic =>
  errorDiagnostic('E0920', `\`${file}\` is not a .npy file`, {
    help: 'write it with `numpy.save(file, array)`; a .npz archive holds several .npy files, take one out',
  });

const badHeader = (file: string, why: string): Diagnostic =>
  errorDiagnostic('E0921', `\`${file}\` has a header that cannot be read: ${why}`);

const bigEndian = (file: string, dtype: string): Diagnostic =>
  errorDiagnostic('E0922', `\`${file}\` holds big-endian \`${dtype}\`; only little-endian arrays are read`, {
    help: "store `array.astype('<i4')` or `array.astype('<f4')`",
  });

const unknownDtype = (file: string, dtype: string): Diagnostic =>
  errorDiagnostic('E0923', `\`${file}\` holds elements of type \`${dtype}\`, which is not read`, {
    notes: [`types read: ${Object.keys(sizes).join(', ')}`],
    help: "store `array.astype('<i4')` or `array.astype('<f4')`",
  });

const fortranOrder = (file: string): Diagnostic =>
  errorDiagnostic('E0924', `\`${file}\` is stored in Fortran order; only C order is read`, {
    help: 'store `numpy.ascontiguousarray(array)`',
  });

const wrongLength = (file: string, shape: readonly number[], unit: string, needed: number, held: number): Diagnostic =>
  errorDiagnostic(
    'E0925',
    `\`${file}\` ${held < needed ? 'is truncated' : 'is too long'}: shape (${shape.join(', ')}) needs ${needed} ${unit}, it holds ${held}`,
  );

const outOfInt32 = (file: string, index: number, value: bigint): Diagnostic =>
  errorDiagnostic('E0926', `\`${file}\` holds ${value} at element ${index}, which does not fit in int32`, {
    help: "store `array.astype('<i4')` if wrapping is what you want",
  });
