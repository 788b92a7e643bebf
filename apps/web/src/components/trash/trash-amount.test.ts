import type { TrashEntry } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { addPurged, amountOf, amountWords, NOTHING_PURGED, purgedWords } from './trash-amount.ts';

const entry = (files: number | null, sizeBytes: number | null): TrashEntry => ({
  id: '1',
  kind: 'folder',
  name: 'a',
  path: 'a',
  files,
  sizeBytes,
  deletedAt: '2026-01-01T00:00:00.000Z',
  deletedBy: 'user',
  purgeAt: '2026-01-31T00:00:00.000Z',
});

describe('what is in the trash', () => {
  test('is summed up, page after page', () => {
    const first = amountOf([entry(1, 1000), entry(3, 500)]);
    expect(amountOf([entry(0, 0)], first)).toEqual({ entries: 3, files: 4, sizeBytes: 1500, isExact: true });
    expect(amountWords(first)).toBe('4 files, 1.5 kB');
  });

  test('is never said to be less than it may be', () => {
    const amount = amountOf([entry(1, 1000), entry(null, null), entry(1, 0)]);
    expect(amount).toEqual({ entries: 3, files: 2, sizeBytes: 1000, isExact: false });
    expect(amountWords(amount)).toBe('more than 2 files, 1 kB');
    expect(amountWords(amountOf([entry(null, null)]))).toBe('more files than can be counted in passing');
  });
});

describe('what was purged', () => {
  const some = { entries: 2, files: 3, sizeBytes: 4000, isComplete: true };

  test('is summed up over requests', () => {
    expect(purgedWords(addPurged(addPurged(NOTHING_PURGED, some), some))).toBe('6 files deleted forever, 8 kB freed.');
  });

  test('is not said to be freed before it is', () => {
    const purged = addPurged(some, { ...some, isComplete: false });
    expect(purgedWords(purged)).toBe('4 entries deleted forever. The space they had is being freed.');
  });

  test('may be nothing, when somebody was faster', () => {
    expect(purgedWords(NOTHING_PURGED)).toBe('It was gone already: restored, or deleted forever.');
  });
});
