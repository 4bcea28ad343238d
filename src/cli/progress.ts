/** Steps of a long command as they go: a live line on a terminal, a line each elsewhere. */
import { Listr, PRESET_TIMER } from 'listr2';
import type { Output } from './output.ts';

export interface Progress {
  /** Runs one step, tells how it goes, and measures it. `detail` may say more while it runs. */
  step<T>(title: string, work: (detail: (text: string) => void) => Promise<T> | T): Promise<T>;
  /** Seconds of each step so far, by title. */
  readonly seconds: Readonly<Record<string, number>>;
}

export function progressFor(out: Output): Progress {
  const seconds: Record<string, number> = {};
  const live = process.stderr.isTTY && !out.json;
  return {
    seconds,
    async step(title, work) {
      const begin = performance.now();
      const measured = async (detail: (text: string) => void) => {
        const value = await work(detail);
        seconds[title] = (performance.now() - begin) / 1000;
        return value;
      };
      if (live) return runLive(title, measured);
      const value = await measured((text) => out.note(`  ${title}: ${text}`));
      out.note(`  ${title}: ${seconds[title].toFixed(2)} s`);
      return value;
    },
  };
}

/** The live line stays behind as the record of the step; a failed one is explained by whoever catches it. */
async function runLive<T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T> {
  let value: T | undefined;
  const list = new Listr(
    [
      {
        title,
        task: async (_, task) => {
          value = await work((text) => {
            task.output = text;
          });
        },
      },
    ],
    { renderer: 'default', rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false, collapseErrors: false } },
  );
  await list.run();
  return value as T;
}
