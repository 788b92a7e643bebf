import { describe, expect, test } from 'vitest';
import { foldUsername, skeletonOf } from './username.ts';

describe('user names look alike', () => {
  test.each([
    ['bob', 'b0b'],
    ['paul', 'pau1'],
    ['arnold', 'amold'],
    ['vvendy', 'wendy'],
    ['ann.lee', 'ann_lee'],
    ['ann-lee', 'ann.lee'],
    ['ada', 'ADA'],
    ['ada', 'ａｄａ'],
  ])('%s and %s', (one, other) => {
    expect(skeletonOf(one)).toBe(skeletonOf(other));
  });

  test.each([
    ['ada', 'adam'],
    ['al', 'ai'],
    ['ann-lee', 'annlee'],
    ['user-1', 'user-7'],
    ['clan', 'dan'],
  ])('but not %s and %s', (one, other) => {
    expect(skeletonOf(one)).not.toBe(skeletonOf(other));
  });
});

test('what phones and keyboards make of a name is folded', () => {
  expect(foldUsername('Ada')).toBe('ada');
  expect(foldUsername('ＡＤＡ')).toBe('ada');
});
