import { describe, expect, test } from 'vitest';
import { newBlobId, parseBlobId, parseNodeId, parseVersionId, versionIdAt } from './ids.ts';

test('new ids are 128 bits in hex and differ', () => {
  const ids = Array.from({ length: 100 }, newBlobId);
  expect(ids.every((id) => parseBlobId(id) === id)).toBe(true);
  expect(new Set(ids).size).toBe(100);
});

test.each(['', 'xyz', 'A'.repeat(32), '0'.repeat(31), '0'.repeat(33), `${'0'.repeat(32)}\n`])('%j is no blob id', (text) => {
  expect(() => parseBlobId(text)).toThrow(expect.objectContaining({ code: 'NS_BAD_REQUEST' }));
});

describe('a node id', () => {
  test.each(['node-1', 'a', '0', 'a'.repeat(63)])('may be %s', (text) => {
    expect(parseNodeId(text)).toBe(text);
  });

  test.each(['', '-a', 'a-', 'Node-1', 'a.b', 'a'.repeat(64)])('may not be %j', (text) => {
    expect(() => parseNodeId(text)).toThrow(expect.objectContaining({ code: 'NS_BAD_REQUEST' }));
  });
});

test('a version id is made from the seq of its record, and from the place within a folder that was copied', () => {
  expect(versionIdAt(36)).toBe('10');
  expect(versionIdAt(36, 35)).toBe('10-z');
  expect(parseVersionId(versionIdAt(Number.MAX_SAFE_INTEGER, 9_999))).toBe('2gosa7pa2gv-7pr');
});
