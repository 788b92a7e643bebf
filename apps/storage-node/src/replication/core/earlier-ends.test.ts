import { expect, test } from 'vitest';
import { EarlierEnds } from './earlier-ends.ts';

test('the end that was there at first is wanted until enough looks have passed, then one that is as old', () => {
  const ends = new EarlierEnds(5, 3);
  expect(ends.earliest).toBe(5);
  ends.look(6);
  ends.look(9);
  expect(ends.earliest).toBe(5);
  ends.look(20);
  expect(ends.earliest).toBe(6);
  ends.look(30);
  expect(ends.earliest).toBe(9);
});
