/** What Yosys is told: every module once, the hierarchy kept. */

/** Files that the script leaves behind. */
export const SYNTH_FILES = {
  memories: 'memories.json',
  cells: 'cells.json',
  configuration: 'configuration.txt',
  path: 'path.txt',
  abc: 'abc.txt',
} as const;

export interface SynthScript {
  /** Verilog files in order, relative to where Yosys runs. */
  readonly files: readonly string[];
  readonly top: string;
  /** A Liberty file to map to. */
  readonly liberty?: string;
  /** Flattens at the end and looks for the longest path; too much for a whole fabric. */
  readonly longestPath: boolean;
}

/** What ABC does for a library: its usual mapping, then sizes and a look at the delay. Commas stand for blanks. */
const MAPPING = [
  'strash',
  'ifraig',
  'scorr',
  'dc2',
  'strash',
  '&get,-n',
  '&dch,-f',
  '&nf',
  '&put',
  'buffer,-c',
  'upsize',
  'dnsize',
  'stime,-p',
];

/**
 * The commands. Memories stay memories: scratchpad banks are black boxes, FIFOs and accumulator rings `$mem` cells, as a
 * flow would take macros or register files for them. A module costs its synthesis once, however many instances it has.
 */
export function synthCommands({ files, top, liberty, longestPath }: SynthScript): string[] {
  return [
    `read_verilog -sv ${files.join(' ')}`,
    'blackbox kiln_ram_1r1w',
    `hierarchy -check -top ${top}`,
    'proc',
    'opt_expr',
    'opt_clean',
    'check -assert',
    `tee -q -o ${SYNTH_FILES.memories} stat -json`,
    'opt -nodffe -nosdff',
    'opt',
    'wreduce',
    'peepopt',
    'opt_clean',
    'alumacc',
    'opt',
    'memory -nomap',
    'opt_clean',
    'opt -fast -full',
    'opt -undriven -fine',
    'techmap',
    'opt -fast',
    // Flip-flops that take a bit of configuration as it is: the copy a unit makes when a run starts.
    `tee -q -o ${SYNTH_FILES.configuration} select -list w:cfg_i %co1:+[D] t:$_*DFF* %i`,
    ...(liberty === undefined
      ? ['abc -fast', 'opt -fast', `tee -q -o ${SYNTH_FILES.cells} stat -json`]
      : [
          `dfflibmap -liberty ${liberty}`,
          'opt -fast',
          `tee -q -o ${SYNTH_FILES.abc} abc -liberty ${liberty} -script +${MAPPING.join(';')}`,
          'opt_clean',
          `tee -q -o ${SYNTH_FILES.cells} stat -json`,
        ]),
    ...(longestPath ? ['flatten', `tee -q -o ${SYNTH_FILES.path} ltp -noff`] : []),
  ];
}
