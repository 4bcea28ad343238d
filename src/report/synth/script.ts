/** What Yosys is told: elaborate the whole, then synthesise every module once and by itself. */

/** Files that the scripts leave behind. */
export const SYNTH_FILES = {
  design: 'design.il',
  job: 'job.il',
  cells: 'cells.blif',
  configuration: 'configuration.txt',
} as const;

/** What ABC does for a library: its usual mapping, then sizes. Commas stand for blanks. */
const MAPPING = ['strash', 'ifraig', 'scorr', 'dc2', 'strash', '&get,-n', '&dch,-f', '&nf', '&put', 'buffer,-c', 'upsize', 'dnsize'];
/** Gates of static CMOS; with this list ABC minimises transistors, the same that `cells.ts` counts. */
const GATES = 'cmos4,XOR,XNOR,MUX';

/** Reads Verilog `files` and elaborates them below `top`; the banks of the scratchpads are black boxes. */
export function elaborateCommands(files: readonly string[], top: string): string[] {
  return [...readCommands(files, top), `write_rtlil ${SYNTH_FILES.design}`];
}

/** The same, with the design left in Yosys. */
export function readCommands(files: readonly string[], top: string): string[] {
  return [
    `read_verilog -sv ${files.join(' ')}`,
    'blackbox kiln_ram_1r1w',
    `hierarchy -check -top ${top}`,
    'proc',
    'opt_expr',
    'opt_clean',
    'check -assert',
  ];
}

/**
 * Synthesises the module of a job. Memories stay memories (`$mem` cells), as a flow would take macros or register files
 * for them. `liberty` is a file to map to; without it gates are Yosys's own.
 */
export function mapCommands(liberty?: string): string[] {
  return [`read_rtlil ${SYNTH_FILES.job}`, ...gateCommands(liberty), `write_blif -icells -cname ${SYNTH_FILES.cells}`];
}

/** What makes gates of the elaborated design that is in Yosys. */
export function gateCommands(liberty?: string): string[] {
  return [
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
      ? [`abc -fast -g ${GATES}`]
      : [`dfflibmap -liberty ${liberty}`, 'opt -fast', `abc -liberty ${liberty} -script +${MAPPING.join(';')}`]),
    liberty === undefined ? 'opt -fast' : 'opt_clean',
  ];
}
