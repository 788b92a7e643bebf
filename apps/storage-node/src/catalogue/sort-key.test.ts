import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIRST_SORT_KEY, LAST_SORT_KEY, sortKeyOf } from './sort-key.ts';

const inOrder = (names: readonly string[]): string[] => [...names].sort((a, b) => Buffer.compare(sortKeyOf(a), sortKeyOf(b)));

describe('the order of names', () => {
  test.each([
    ['numbers count as numbers', ['page 1', 'page 2', 'page 9', 'page 10', 'page 100']],
    ['case comes last', ['alpha', 'Beta', 'gamma', 'Gamma 2']],
    ['capitals come before small letters of the same name', ['README', 'Readme', 'readme', 'readme.md']],
    ['accents do not send a name to the end', ['Eloise', 'Émile', 'emily', 'Zoë', 'zoo']],
    ['leading zeros break ties only', ['a01', 'a1', 'a01b', 'a2']],
    ['a shorter name comes first', ['a', 'a b', 'a1', 'ab']],
    ['digraphs and sharp s', ['Æon', 'afar', 'Straße', 'Strasse 2', 'strata']],
    ['Cyrillic: ё beside е, й after и', ['Елена', 'ёлка', 'еще', 'игра', 'йод']],
    ['Greek', ['Άλφα', 'αλφα 2', 'βήτα', 'Γάμμα']],
    ['other scripts follow by code point', ['zebra', '日本', '日本 2', '日記']],
    ['very long numbers', [`${'9'.repeat(200)}`, `1${'0'.repeat(200)}`]],
  ])('%s', (_, names) => {
    expect(inOrder(names.toReversed())).toEqual(names);
  });

  test('no two names have the same key, and every key lies between the bounds', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .filter((text) => !/[\0-\x1f]/.test(text) && text.isWellFormed());
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(Buffer.compare(sortKeyOf(a), sortKeyOf(b)) === 0).toBe(a === b);
        expect(Buffer.compare(FIRST_SORT_KEY, sortKeyOf(a))).toBe(-1);
        expect(Buffer.compare(sortKeyOf(a), LAST_SORT_KEY)).toBe(-1);
      }),
    );
  });

  test('a name as long as names may be has a key that fits in a cursor', () => {
    expect(sortKeyOf('1a'.repeat(127)).length).toBeLessThan(1024);
  });

  test('the key of every letter is the one that files on disk were sorted by', () => {
    const hash = createHash('sha256');
    for (let codePoint = 0x20; codePoint <= 0xffff; codePoint += 1) {
      if (codePoint < 0xd800 || codePoint > 0xdfff) hash.update(sortKeyOf(String.fromCodePoint(codePoint)));
    }
    expect(hash.digest('hex')).toBe('d3973b11c7864a05845d108bbaf78924bec47897247570d26108318e88727d97');
  });
});
