/** The contents of the tables of FileLUTTest, from the file beside this one, read when the program is built. */
import { readFileSync } from 'node:fs';
import { csvWords } from '../../frontend/dsl/tables.ts';

const file = new URL('lut.csv', import.meta.url);

/** Words of the file: word i is i. */
export const LUT_WORDS = 1024;

export const lutWords = (): number[] => csvWords(readFileSync(file, 'utf8'), 'i32', 'src/programs/suite/lut.csv');
