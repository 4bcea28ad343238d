/**
 * The text of an accumulating stage: its ring of `length` entries a lane, which entry an element
 * uses, and the accumulator operand. An entry is written at once instead of when the result is
 * ready; with `length` at least the latency no element can tell.
 */
import { INIT } from '../../fabric/config.ts';
import type { Domain } from '../../ops/expression.ts';
import { floatLiteral, intLiteral } from './literal.ts';
import type { StagePlan } from './plan.ts';

/** Before the loop over lanes: the entry of this element, and whether its operand is the initial value. */
export function entryText({ s, length }: StagePlan): string {
  return `
    const act${s} = (acts[slot] >> ${s} & 1) !== 0;
    let ini${s} = false;
    if (act${s}) {
      if ((begins[slot] >> ${s} & 1) !== 0) { seen[${s}] = 0; entry[${s}] = 0; }
      else entry[${s}] = entry[${s}] + 1 === ${length} ? 0 : entry[${s}] + 1;
      ini${s} = seen[${s}] < ${length};
      if (ini${s}) seen[${s}]++;
    }
    const ring${s} = entry[${s}] * L;`;
}

/** The accumulator operand of lane i. `register` gives the text of the initial register. */
export function operandText({ s, config }: StagePlan, domain: Domain, register: (domain: Domain) => string): string {
  return `(ini${s} ? ${initialText(config.acc.init, config.imm, domain, register)} : A${s}${domain}[ring${s} + i])`;
}

function initialText(init: number, imm: number, domain: Domain, register: (domain: Domain) => string): string {
  switch (init) {
    case INIT.imm:
      return domain === 'f' ? floatLiteral(imm) : intLiteral(imm);
    case INIT.reg:
      return register(domain);
    case INIT.tap:
      return `(tap ? T${domain}[tapAt + i] : 0)`;
    default:
      return '0';
  }
}
