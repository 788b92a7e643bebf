import type { PurgeResult } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { purgeAll } from './purge-all.ts';

const RESULT: PurgeResult = { entries: 0, files: 0, versions: 0, sizeBytes: 0, isComplete: true };
const ids = Array.from({ length: 2_500 }, (_, index) => String(index));

function fakeFiles() {
  const asked: (readonly string[])[] = [];
  const purge = async (_space: string, named: readonly string[]): Promise<PurgeResult> => {
    asked.push(named);
    return RESULT;
  };
  return { asked, purge };
}

test('names all of them, a thousand at a time, and tells after each request', async () => {
  const files = fakeFiles();
  const told: number[] = [];
  await purgeAll(files, { space: 'team', ids, onPurged: (named) => told.push(named.length) });
  expect(files.asked.flat()).toEqual(ids);
  expect(told).toEqual([1_000, 1_000, 500]);
});

test('purges also when nobody wants to be told', async () => {
  const files = fakeFiles();
  await purgeAll(files, { space: 'team', ids });
  expect(files.asked.flat()).toEqual(ids);
});
