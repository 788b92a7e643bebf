/** Many small files: put, get and list, each operation timed. Here the number of syncs and round trips counts, not the bytes. */
import { forEachParallel } from '../for-each-parallel.ts';
import { randomBody } from '../random-body.ts';
import { type Ceiling, operationsResult, type Result } from '../report/result.ts';
import { timed, type Workload } from './workload.ts';

const FIRST_SEED = 10_000;
/** Bodies are made before the clock runs and used again for other files, so that making them is not what is measured. */
const BODIES = 64;
/** Listing is repeated this often: one page of the folder that was just filled. */
const LISTS = 200;
const LIST_LIMIT = 100;

export const measureSmallFiles: Workload = async ({ client, sizes, progress, folder }, ceilings, signal) => {
  const bodies = Array.from({ length: BODIES }, (_, index) => randomBody(FIRST_SEED + index, sizes.smallFileBytes));
  const bodyOf = (index: number) => bodies[index % BODIES] ?? randomBody(FIRST_SEED, sizes.smallFileBytes);
  const pathOf = (index: number): string => `${folder}/small/${String(index).padStart(6, '0')}`;
  const kind = `${sizes.smallFileBytes / 1024} KiB files, ${sizes.smallConcurrency} at once`;

  const run = async (
    step: { name: string; count: number; ceiling: Ceiling },
    operation: (index: number) => Promise<unknown>,
  ): Promise<Result> => {
    const latenciesMs: number[] = [];
    progress.begin(step.name);
    const seconds = await timed(() =>
      forEachParallel(step.count, sizes.smallConcurrency, async (index) => {
        const startedAt = performance.now();
        await operation(index);
        latenciesMs.push(performance.now() - startedAt);
        progress.advance(latenciesMs.length, step.count);
      }),
    );
    const result = operationsResult(step.name, latenciesMs, seconds, step.ceiling);
    progress.finish(result);
    return result;
  };

  const { smallFiles: count } = sizes;
  const put = await run({ name: `put, ${kind}`, count, ceiling: ceilings.diskSyncs }, (index) =>
    client.upload(pathOf(index), bodyOf(index), signal),
  );
  const get = await run({ name: `get, ${kind}`, count, ceiling: ceilings.loopbackTrips }, (index) =>
    client.download(pathOf(index), bodyOf(index), signal),
  );
  const expected = Math.min(LIST_LIMIT, count);
  const list = await run({ name: `list, ${expected} entries a page`, count: LISTS, ceiling: ceilings.loopbackTrips }, async () => {
    const { entries } = await client.listPage(`${folder}/small`, LIST_LIMIT, signal);
    if (entries.length !== expected) throw new Error(`The listing is not complete: expected ${expected} entries, got ${entries.length}`);
  });
  return [put, get, list];
};
