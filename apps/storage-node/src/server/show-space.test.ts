import { BLOB_BYTES_MAX } from '@netstore/wire-protocol';
import { expect, test } from 'vitest';
import { diskProblemOf, isFull, spaceOf } from './show-space.ts';

const MIB = 1024 * 1024;
const reserveBytes = 2_000 * MIB;
const problemAt = (freeBytes: number): string | null => diskProblemOf({ usedBytes: 1, freeBytes, reserveBytes, inodes: null });

test('a disk with room has no problem', () => {
  expect(problemAt(4_000 * MIB)).toBeNull();
});

test('a disk below twice its reserve is nearly full, and still takes bytes', () => {
  expect(problemAt(4_000 * MIB - 1)).toBe(
    'The disk is nearly full (3,999 MiB are free, 2,000 MiB of them kept back for the log): soon this node takes no new bytes.',
  );
  expect(problemAt(reserveBytes + BLOB_BYTES_MAX)).toContain('nearly full');
  expect(isFull({ usedBytes: 1, freeBytes: reserveBytes + BLOB_BYTES_MAX, reserveBytes, inodes: null })).toBe(false);
});

test('a disk that has no room for one more blob of full size is full', () => {
  expect(isFull({ usedBytes: 1, freeBytes: reserveBytes + BLOB_BYTES_MAX - 1, reserveBytes, inodes: null })).toBe(true);
  expect(problemAt(reserveBytes + BLOB_BYTES_MAX - 1)).toBe(
    'The disk is full (2,007 MiB are free, 2,000 MiB of them kept back for the log): this node takes no new bytes until there is room on it.',
  );
});

test('the reserve is no part of the message', () => {
  expect(spaceOf({ usedBytes: 1, freeBytes: 2, reserveBytes, inodes: null })).toEqual({ usedBytes: 1, freeBytes: 2 });
});

test('a disk without inodes is full, however many bytes are free', () => {
  const withInodes = (free: number, freeBytes = 4_000 * MIB) => ({ usedBytes: 1, freeBytes, reserveBytes, inodes: { free, reserve: 64 } });
  expect(diskProblemOf(withInodes(128))).toBeNull();
  expect(diskProblemOf(withInodes(127))).toBe(
    'The disk is nearly full (127 inodes are free, 64 are kept back for the log): soon this node takes no new bytes.',
  );
  expect([isFull(withInodes(65)), isFull(withInodes(64))]).toEqual([false, true]);
  expect(diskProblemOf(withInodes(64))).toBe(
    'The disk is full (64 inodes are free, 64 are kept back for the log): this node takes no new bytes until there is room on it.',
  );
  expect(diskProblemOf(withInodes(3, reserveBytes))).toContain('2,000 MiB of them kept back for the log; 3 inodes are free');
});
