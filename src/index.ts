/** The public door: what a program is written with. `import { program, explicit } from 'kiln'`. */
export { Rng } from './base/rng.ts';
export { argWords, compareWithReference, inputWords, type Mismatch } from './frontend/check.ts';
export type { Collection, Folded } from './frontend/dsl/collection.ts';
export { type Count, type Explicit, explicit, type LoopSpec } from './frontend/dsl/explicit.ts';
export { type Combiner, Expr, type Operand } from './frontend/dsl/expr.ts';
export type { Fifo, Fifos, PredicateOptions } from './frontend/dsl/fifos.ts';
export type { Filtered, Yielded } from './frontend/dsl/filtered.ts';
export {
  carried,
  type Dram,
  folded,
  type Memory,
  type Result,
  reduce,
  scan,
  startAt,
  sumOfProducts,
  type Table,
  type TableWords,
} from './frontend/dsl/handles.ts';
export { Index, type IndexLike } from './frontend/dsl/index-expr.ts';
export type { LineBuffer } from './frontend/dsl/line-buffers.ts';
export type { ScheduleHints } from './frontend/dsl/lower.ts';
export { type OperandsOf, operate } from './frontend/dsl/nodes.ts';
export { type Patterns, patterns } from './frontend/dsl/patterns.ts';
export { csvWords } from './frontend/dsl/tables.ts';
export {
  type ChoiceParam,
  defaultTarget,
  type Expected,
  type Inputs,
  type NumberParam,
  type ParamSpecs,
  type ParamsOf,
  type Program,
  type ProgramSpec,
  program,
  type Target,
  type Tolerance,
  type Words,
} from './frontend/program.ts';
export { type Answers, type EvaluateOptions, evaluate } from './ir/evaluate.ts';
export type { ElementType, LoopProgram } from './ir/loops.ts';
