import { availableParallelism } from 'node:os';

/** Does `work` for all `items`, in order, as many at once as there are processors and at most `most`. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>, most = 4): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, availableParallelism()) }, worker));
}
