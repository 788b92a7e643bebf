/** Requests sent at once for an operation on many entries. */
const PARALLEL_MAX = 4;

/** Runs the task for every entry, a few at a time; resolves with the results of those that succeeded. */
export async function eachOf<Item, Result>(entries: readonly Item[], task: (entry: Item) => Promise<Result>): Promise<Result[]> {
  const left = [...entries];
  const done: Result[] = [];
  const work = async (): Promise<void> => {
    for (let entry = left.shift(); entry !== undefined; entry = left.shift()) {
      await task(entry).then(
        (result) => done.push(result),
        () => undefined,
      );
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, work));
  return done;
}
