import { DiagnosticError } from '../../base/diagnostic.ts';
import { didYouMean } from '../../base/text.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { explanations } from '../explain.ts';
import { unknownCode } from '../messages.ts';

/** `kiln explain`: the long form of a message. */
export const explainCommand = (cli: Cli) =>
  act(
    cli,
    command('explain [CODE]', 'tell more about a message, or list all messages', 'kiln explain E0121'),
    async (out, code: string | undefined) => {
      const known = explanations();
      if (code === undefined) {
        const list = [...known.values()].map(({ code, title }) => ({ code, title }));
        out.result(list.map((entry) => `${entry.code}  ${entry.title}`).join('\n'), { ok: true, messages: list });
        return EXIT.good;
      }
      const found = known.get(code.toUpperCase());
      if (!found) throw new DiagnosticError(unknownCode(code, didYouMean(code, known.keys())));
      out.result(`${found.code}: ${found.title}\n\n${found.text}`, { ok: true, ...found });
      return EXIT.good;
    },
  );
