import { table } from '../../base/text.ts';
import type { ParamSpecs } from '../../frontend/program.ts';
import { programs } from '../../programs/index.ts';
import { shippedArchs } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';

/** `kiln list`: what can be named on the command line. */
export const listCommand = (cli: Cli) =>
  act(
    cli,
    command('list', 'list the shipped programs with their parameters, and the architectures', 'kiln list').option(
      '--all',
      'every variant of the suite too',
    ),
    async (out, options: { all?: boolean }) => {
      const shown = [...programs.values()].filter(({ name }) => options.all || !/_\d+$/.test(name));
      const rows = shown.map(({ name, doc, params }) => [name, doc, paramsText(params)]);
      const hidden = programs.size - shown.length;
      const more = hidden > 0 ? `\n${hidden} variants of the suite: kiln list --all` : '';
      const text = `${table([['program', 'what it does', 'parameters'], ...rows], { header: true, align: 'lll' })}${more}\n\narchitectures: ${shippedArchs().join(', ')}`;
      const list = [...programs.values()].map(({ name, doc, params }) => ({ name, doc, params }));
      out.result(text, { ok: true, programs: list, architectures: shippedArchs() });
      return EXIT.good;
    },
  );

const paramsText = (params: ParamSpecs): string =>
  Object.entries(params)
    .map(([name, spec]) => ('choices' in spec ? `${name}=${spec.default} (${spec.choices.join('|')})` : `${name}=${spec.default}`))
    .join(' ');
