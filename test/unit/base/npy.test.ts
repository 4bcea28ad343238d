import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { readNpy, writeNpy } from '../../../src/base/npy.ts';

const ascii = new TextEncoder();

/** A file as another writer might make it: any header, version and data. */
function npy(dict: string, data: Uint8Array, major = 1): Uint8Array {
  const text = ascii.encode(`${dict}\n`);
  const size = major === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...ascii.encode('NUMPY'), major, 0, ...size, ...text, ...data]);
}

const dict = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0].code;
  }
  return 'none';
};

test.each([
  ['<i4', Int32Array.of(-1, 2, -(2 ** 31), 7, 8, 9)],
  ['<u4', Uint32Array.of(0, 2 ** 32 - 1, 3, 4, 5, 6)],
  ['<f4', Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3)],
  ['<f8', Float64Array.of(0.1, 2, 3, 4, 5, 6)],
  ['|u1', Uint8Array.of(0, 255, 3, 4, 5, 6)],
] as const)('%s is written and read back, aligned to 64 bytes', (dtype, data) => {
  const file = writeNpy(data, [2, 3]);
  expect((file.length - data.byteLength) % 64).toBe(0);
  expect(readNpy(file)).toEqual({ dtype, shape: [2, 3], data });
});

test('scalars, vectors and empty arrays keep their shape', () => {
  expect(readNpy(writeNpy(Int32Array.of(5), []))).toMatchObject({ shape: [] });
  expect(readNpy(writeNpy(Int32Array.of(5, 6), [2]))).toMatchObject({ shape: [2] });
  expect(readNpy(writeNpy(new Float32Array(0), [0, 4]))).toMatchObject({ shape: [0, 4] });
});

test('a written file is the one NumPy writes', () => {
  const header = new TextDecoder('latin1').decode(writeNpy(Int32Array.of(1, 2), [2]).subarray(0, 128));
  expect(header.slice(6)).toBe(`\x01\x00v\x00${"{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }".padEnd(117)}\n`);
});

test('views into larger buffers and odd offsets work', () => {
  const large = Int32Array.of(9, 1, 2, 9);
  const file = writeNpy(large.subarray(1, 3), [2]);
  const shifted = new Uint8Array(file.length + 1);
  shifted.set(file, 1);
  expect(readNpy(shifted.subarray(1))).toMatchObject({ data: Int32Array.of(1, 2) });
});

test('version 2, one-dimensional Fortran order and int64 that fits are read', () => {
  expect(readNpy(npy(dict('<u4', '1,', 'True'), bytesOf(Uint32Array.of(3)), 2))).toMatchObject({ shape: [1], data: Uint32Array.of(3) });
  expect(readNpy(npy(dict('<i8', '2,'), bytesOf(BigInt64Array.of(-5n, 2n ** 31n - 1n))))).toMatchObject({
    data: Int32Array.of(-5, 2 ** 31 - 1),
  });
});

test.each([
  ['E0920', 'not a .npy file', () => readNpy(ascii.encode('PK\u0003\u0004 an archive'))],
  ['E0920', 'an empty file', () => readNpy(new Uint8Array())],
  ['E0921', 'an unknown version', () => readNpy(npy(dict('<i4', '1,'), new Uint8Array(4), 9))],
  ['E0921', 'cut inside the header', () => readNpy(writeNpy(Int32Array.of(1), [1]).subarray(0, 40))],
  [
    'E0921',
    'a structured type',
    () => readNpy(npy(`{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }`, new Uint8Array(4))),
  ],
  ['E0922', 'big endian', () => readNpy(npy(dict('>i4', '1,'), new Uint8Array(4)))],
  ['E0923', 'an unread type', () => readNpy(npy(dict('<c8', '1,'), new Uint8Array(8)))],
  ['E0924', 'Fortran order', () => readNpy(npy(dict('<i4', '1, 2', 'True'), new Uint8Array(8)))],
  ['E0925', 'truncated data', () => readNpy(npy(dict('<i4', '3,'), new Uint8Array(8)))],
  ['E0925', 'too much data', () => readNpy(npy(dict('<i4', '1,'), new Uint8Array(8)))],
  ['E0925', 'data and shape that differ', () => writeNpy(Int32Array.of(1, 2), [3])],
  ['E0926', 'an int64 beyond int32', () => readNpy(npy(dict('<i8', '1,'), bytesOf(BigInt64Array.of(2n ** 31n))))],
])('%s: %s', (expected, _, run) => {
  expect(code(run)).toBe(expected);
});

test('a Buffer of Node, whose slices are views, is copied too', () => {
  const file = Buffer.from(writeNpy(Int32Array.of(1, 2, 3), [3]));
  const { data } = readNpy(file);
  file.fill(0);
  expect([...data]).toEqual([1, 2, 3]);
  expect(data.buffer.byteLength).toBe(12);
});
