import { expect, test } from 'vitest';
import { isPassedOver } from './is-passed-over.ts';

const empty = { entries: [] };
const full = { entries: ['a'] };

test('a last page of which nothing may be seen is passed over', () => {
  expect(isPassedOver([empty])).toBe(true);
  expect(isPassedOver([full, empty])).toBe(true);
});

test('what is seen, or not loaded yet, is not', () => {
  expect(isPassedOver([])).toBe(false);
  expect(isPassedOver([full])).toBe(false);
  expect(isPassedOver([empty, full])).toBe(false);
});
