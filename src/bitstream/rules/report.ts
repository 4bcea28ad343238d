/** How the design rules speak: every finding says where in which tile, as the assembly text spells it. */
import type { Diagnostic } from '../../base/diagnostic.ts';
import { messages } from '../messages.ts';

export class Report {
  readonly found: Diagnostic[] = [];
  readonly #where: string;

  constructor(where: string, found: Diagnostic[] = []) {
    this.#where = where;
    this.found = found;
  }

  /** The same report, deeper: findings are prefixed with `path`. */
  at(path: string): Report {
    return new Report(`${this.#where}, \`${path}\``, this.found);
  }

  /** Reports an error unless the rule is kept. */
  require(kept: boolean, code: string, problem: string | (() => string), help?: string): void {
    if (!kept)
      this.found.push(
        messages.rule(code, this.#where, typeof problem === 'string' ? problem : problem(), help === undefined ? {} : { help }),
      );
  }

  /** Reports a warning unless the rule is kept: legal, but surely not meant. */
  expect(kept: boolean, code: string, problem: string | (() => string), help?: string): void {
    if (!kept)
      this.found.push(
        messages.suspicious(code, this.#where, typeof problem === 'string' ? problem : problem(), help === undefined ? {} : { help }),
      );
  }
}

/** Refuses a port that two users claim, e.g. two counters with one bound input. */
export class Claims {
  readonly #owner = new Map<string, string>();

  claim(report: Report, port: string, user: string): void {
    const other = this.#owner.get(port);
    report.require(other === undefined, 'E0843', () => `${port} is already popped by \`${other}\``, 'give each its own input');
    if (other === undefined) this.#owner.set(port, user);
  }
}
