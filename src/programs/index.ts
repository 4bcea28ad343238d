/** The programs that come with Kiln, by name. */
import { DiagnosticError } from '../base/diagnostic.ts';
import { unknownProgram } from '../frontend/messages.ts';
import type { Program } from '../frontend/program.ts';
import { blackscholes } from './blackscholes.ts';
import { conv } from './conv.ts';
import { gda } from './gda.ts';
import { gemm } from './gemm.ts';
import { innerproduct } from './innerproduct.ts';
import { kmeans } from './kmeans.ts';
import { logreg } from './logreg.ts';
import { outerproduct } from './outerproduct.ts';
import { sgd } from './sgd.ts';
import { suite } from './suite/index.ts';
import { tpchq6 } from './tpchq6.ts';

/** Every shipped program, in the order in which they are listed. */
export const programs: ReadonlyMap<string, Program> = new Map(
  [innerproduct, outerproduct, blackscholes, tpchq6, gemm, conv, gda, logreg, sgd, kmeans, ...suite].map((one) => [one.name, one]),
);

/** The program of a name; throws a diagnostic that proposes the nearest one. */
export function programNamed(name: string): Program {
  const found = programs.get(name);
  if (!found) throw new DiagnosticError(unknownProgram(name, [...programs.keys()]));
  return found;
}
