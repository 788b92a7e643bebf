import { expect, test } from 'vitest';
import { requireRoom } from './require-room.ts';

const space = { usedBytes: 0, freeBytes: 100, reserveBytes: 40 };

test('what is kept back is not touched by a blob that may as well be refused', () => {
  requireRoom(space, { promisedBytes: 60, isAwaited: false });
  expect(() => requireRoom(space, { promisedBytes: 61, isAwaited: false })).toThrow('40 are kept back');
});

test('a blob that a record waits for may take half of what is kept back, and no more', () => {
  requireRoom(space, { promisedBytes: 80, isAwaited: true });
  expect(() => requireRoom(space, { promisedBytes: 81, isAwaited: true })).toThrow('20 are kept back');
});
