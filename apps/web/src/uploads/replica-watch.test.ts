import type { Entry } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { ReplicaWatch } from './replica-watch.ts';

const entry = (path: string, durable: number): Entry => ({
  kind: 'file',
  name: path,
  path,
  sizeBytes: 1,
  contentType: null,
  modifiedAt: '',
  version: 'v',
  sha256: '',
  replicas: { durable, total: 3 },
});

/** Lets the watch run until it waits for the given number of times. */
function bench(answer: (path: string, asked: number) => Entry | undefined) {
  const asked: string[] = [];
  const heard: string[] = [];
  let pass: () => void = () => undefined;
  const watch = new ReplicaWatch({
    newest: async (_space, folder, limit) => {
      asked.push(`newest ${folder} ${limit}`);
      return ['f/a', 'f/b', 'f/c'].flatMap((path) => answer(path, asked.length) ?? []);
    },
    entry: async (_space, path) => {
      asked.push(`entry ${path}`);
      return answer(path, asked.length);
    },
    wait: () => new Promise((resolve) => (pass = resolve)),
    onEntry: (_space, { path, replicas }) => void heard.push(`${path} ${replicas?.durable}`),
  });
  const tick = async (): Promise<void> => {
    pass();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { watch, asked, heard, tick };
}

describe('the watch over replicas', () => {
  test('asks about one file until all replicas hold it, and then no more', async () => {
    const { watch, asked, heard, tick } = bench((path, times) => entry(path, times < 2 ? 2 : 3));
    watch.add({ space: 's', path: 'f/a' });
    for (let round = 0; round < 5; round += 1) await tick();
    expect(heard).toEqual(['f/a 2', 'f/a 3']);
    expect(asked).toEqual(['entry f/a', 'entry f/a']);
  });

  test('asks once for many files of one folder', async () => {
    const { watch, asked, heard, tick } = bench((path) => entry(path, 3));
    for (const path of ['f/a', 'f/b', 'f/c']) watch.add({ space: 's', path });
    for (let round = 0; round < 3; round += 1) await tick();
    expect(asked).toEqual(['newest f 6']);
    expect(heard).toEqual(['f/a 3', 'f/b 3', 'f/c 3']);
  });

  test('asks by name where the listing does not show the file, and gives up after a bounded number of questions', async () => {
    const { watch, asked, tick } = bench((path) => entry(path, 2));
    watch.add({ space: 's', path: 'f/x' });
    watch.add({ space: 's', path: 'f/y' });
    for (let round = 0; round < 200; round += 1) await tick();
    expect(asked.some((question) => question === 'entry f/x')).toBe(true);
    expect(asked.length).toBeLessThan(100);
  });

  test('goes on when a question fails', async () => {
    const { watch, heard, tick } = bench((path, times) => {
      if (times === 1) throw new Error('away');
      return entry(path, 3);
    });
    watch.add({ space: 's', path: 'f/a' });
    for (let round = 0; round < 3; round += 1) await tick();
    expect(heard).toEqual(['f/a 3']);
  });

  test('forgets a file that is gone', async () => {
    const { watch, asked, heard, tick } = bench(() => undefined);
    watch.add({ space: 's', path: 'f/a' });
    for (let round = 0; round < 5; round += 1) await tick();
    expect([asked, heard]).toEqual([['entry f/a'], []]);
  });
});
