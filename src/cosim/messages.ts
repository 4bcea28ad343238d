/** Every wording about simulating the RTL, by code: E087x. */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import { BEAT_BYTES } from '../bitstream/format.ts';

export const noRoom = (addressBits: number, image: number, bits: number): Diagnostic =>
  errorDiagnostic('E0870', `the DRAM image of ${image} bytes and the bitstream of ${bits} do not fit in ${addressBits} address bits`, {
    notes: [`\`memory.addressBits\` gives ${2 ** addressBits} bytes; the bitstream lies above the image for the loader`],
    help: `use smaller data, or raise \`memory.addressBits\` beyond ${addressBits} (${BEAT_BYTES}-byte beats stay as they are)`,
  });

export const tooLarge = (arch: string, lanes: number, most: number): Diagnostic =>
  errorDiagnostic('E0871', `\`${arch}\` has ${lanes} lanes in all its units, too many for Icarus Verilog (at most ${most})`, {
    notes: ['it simulates about a hundred cycles a second of `tiny`, which has 16 lanes, and slows down with the lanes'],
    help: 'run it on `rtl` (Verilator), or give `--grid 2x2` or fewer lanes for a small one of its kind',
  });

export const endedItself = (said: string): Diagnostic =>
  errorDiagnostic('E0872', 'the simulation in Icarus Verilog ended itself', {
    notes: said.trim() === '' ? [] : [`it said: ${said.trim().split('\n').slice(-4).join(' / ')}`],
    help: 'a checker of the test bench found what must not happen: this is a bug in kiln',
  });

export const unknownBits = (what: string, count: number): Diagnostic =>
  errorDiagnostic(
    'E0873',
    `the RTL in Icarus Verilog leaves unknown bits in ${what}${count > 1 ? `, and in ${count - 1} more places` : ''}`,
    {
      notes: ['a register or a scratchpad word was used before anything was written to it'],
      help: '`kiln run --poison` tells whether the program reads a word that nothing wrote; if it does not, this is a bug in kiln',
    },
  );
