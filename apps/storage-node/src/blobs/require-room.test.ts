import { describe, expect, test } from 'vitest';
import { requireRoom } from './require-room.ts';

const space = { usedBytes: 0, freeBytes: 100, reserveBytes: 40, inodes: null };

test('what is kept back is not touched by a blob that may as well be refused', () => {
  requireRoom(space, { promisedBytes: 60, promisedFiles: 1, isAwaited: false });
  expect(() => requireRoom(space, { promisedBytes: 61, promisedFiles: 1, isAwaited: false })).toThrow('40 are kept back');
});

test('a blob that a record waits for may take half of what is kept back, and no more', () => {
  requireRoom(space, { promisedBytes: 80, promisedFiles: 1, isAwaited: true });
  expect(() => requireRoom(space, { promisedBytes: 81, promisedFiles: 1, isAwaited: true })).toThrow('20 are kept back');
});

describe('where inodes are counted', () => {
  const many = { ...space, inodes: { free: 10, reserve: 8 } };

  test('a blob needs one beyond those that are kept back', () => {
    requireRoom(many, { promisedBytes: 1, promisedFiles: 2, isAwaited: false });
    expect(() => requireRoom(many, { promisedBytes: 1, promisedFiles: 3, isAwaited: false })).toThrow(
      '10 inodes are free, 3 are on their way',
    );
  });

  test('a blob that a record waits for may take half of them', () => {
    requireRoom(many, { promisedBytes: 1, promisedFiles: 6, isAwaited: true });
    expect(() => requireRoom(many, { promisedBytes: 1, promisedFiles: 7, isAwaited: true })).toThrow('4 are kept back');
  });
});
