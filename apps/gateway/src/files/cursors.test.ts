import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Cursors } from './cursors.ts';

const key = randomBytes(32);
const cursors = new Cursors(key);

test.each(['', 'a', 'größe', 'x'.repeat(511), 'x'.repeat(512), 'x'.repeat(700)])('a place comes back: %s', (place) => {
  expect(new Cursors(key).open(cursors.seal(place, 'listing'), 'listing')).toBe(place);
});

test('neither the place nor its length can be told from it', () => {
  const [short, long] = [cursors.seal('a', 'listing'), cursors.seal('secret-name'.repeat(20), 'listing')];
  expect(short).toHaveLength(long.length);
  expect(Buffer.from(long, 'base64url').toString('latin1')).not.toContain('secret-name');
  expect(cursors.seal('a', 'listing')).not.toBe(short);
});

test('another listing, another key and a changed byte do not open it', () => {
  const cursor = cursors.seal('place', 'listing');
  const changed = Buffer.from(cursor, 'base64url');
  changed[20] = (changed[20] as number) ^ 1;
  const refused = expect.objectContaining({ code: 'NS_BAD_CURSOR' });
  expect(() => cursors.open(cursor, 'other')).toThrow(refused);
  expect(() => new Cursors(randomBytes(32)).open(cursor, 'listing')).toThrow(refused);
  for (const wrong of [changed.toString('base64url'), `${cursor}!`, cursor.slice(0, -1), 'x', '', cursor.slice(0, 30)]) {
    expect(() => cursors.open(wrong, 'listing')).toThrow(refused);
  }
});
