import { describe, expect, test } from 'vitest';
import { compareNames } from './name-order.ts';

describe('the order of names', () => {
  test('is what people expect', () => {
    const sorted = ['10 things', '9 lives', 'Émile', 'emil', 'page 10', 'Page 9', 'zebra', '_draft', 'page 010'].sort(compareNames);
    expect(sorted).toEqual(['9 lives', '10 things', '_draft', 'emil', 'Émile', 'Page 9', 'page 010', 'page 10', 'zebra']);
  });

  test('leaves no two names equal', () => {
    expect(compareNames('a', 'A')).not.toBe(0);
    expect(compareNames('1', '01')).not.toBe(0);
    expect(compareNames('a', 'a')).toBe(0);
  });
});
