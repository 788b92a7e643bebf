import { expect, test } from 'vitest';
import { heldUpTo } from './held.ts';

const noDebt = { blobs: 0, heldSeq: 0 };

test('records whose blobs were all seen are held before they are applied', () => {
  expect(heldUpTo({ clearedSeq: 9, uncheckedSeq: 4, appliedSeq: 4, debt: noDebt })).toBe(9);
});

test('records let through unseen are not held until apply has looked for their blobs', () => {
  expect(heldUpTo({ clearedSeq: 9, uncheckedSeq: 6, appliedSeq: 4, debt: noDebt })).toBe(4);
  expect(heldUpTo({ clearedSeq: 9, uncheckedSeq: 6, appliedSeq: 6, debt: noDebt })).toBe(9);
});

test('what is owed counts from the oldest record that lacks a blob', () => {
  expect(heldUpTo({ clearedSeq: 9, uncheckedSeq: 0, appliedSeq: 8, debt: { blobs: 2, heldSeq: 3 } })).toBe(3);
});
