/**
 * The read-only memories of the seed operations: 128 bytes each, entry 0 first. Byte v stands for
 * the significand 1 + v/256. Their text enters the fingerprint of an architecture, since a
 * bitstream computes something else with other seeds.
 *
 * `reciprocal`: 2/m at the middle of the i-th of 128 parts of m = 1..2.
 * `rootReciprocal`: 2/sqrt(m) at the middle of a 64th part; entries 64.. for m = 1..2, entries 0..
 * for m = 2..4. (`test/unit/ops/eval.test.ts` holds the bytes against these words.)
 */
export const SEED_TEXT = {
  reciprocal: [
    'fefaf6f2efebe7e4e0ddd9d6d2cfccc9c6c2bfbcb9b6b3b1aeaba8a5a3a09d9b',
    '989693918e8c8a878583807e7c7a787573716f6d6b69676563615f5e5c5a5856',
    '5453514f4e4c4a4947454442403f3d3c3a393736343332302f2d2c2b29282725',
    '242321201f1e1c1b1a19171615141312100f0e0d0c0b0a090807060504030201',
  ].join(''),
  rootReciprocal: [
    '696663615e5b59575452504d4b49474543413f3d3b3937363432302f2d2c2a28',
    '27252422211f1e1d1b1a19171615141211100f0d0c0b0a090807060504030201',
    'fefaf6f3efebe8e4e1dedbd7d4d1cecbc9c6c3c0bebbb8b6b3b1afacaaa8a5a3',
    'a19f9d9b99979593918f8d8b8987868482807f7d7b7a7877757472716f6e6c6b',
  ].join(''),
} as const;

const bytesOf = (text: string): Uint8Array => Uint8Array.from({ length: 128 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));

/** The memories as bytes. */
export const SEEDS = { reciprocal: bytesOf(SEED_TEXT.reciprocal), rootReciprocal: bytesOf(SEED_TEXT.rootReciprocal) } as const;
