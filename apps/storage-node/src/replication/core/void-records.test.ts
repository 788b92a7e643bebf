import { expect, test } from 'vitest';
import { type BlobTrace, isProvenVoid } from './void-records.ts';

const answer = (markSeq: number, ...states: BlobTrace[]) => ({ markSeq, states });

test('a record is void when two members never had one of its blobs and none has it', () => {
  expect(isProvenVoid(5, [answer(4, 'held', 'absent'), answer(3, 'absent', 'absent')])).toBe(true);
});

test('one copy is enough to keep it', () => {
  expect(isProvenVoid(5, [answer(4, 'absent'), answer(4, 'absent'), answer(5, 'held')])).toBe(false);
});

test('one proof is not enough: the member that was not heard may have acknowledged it together with the primary', () => {
  expect(isProvenVoid(5, [answer(4, 'absent')])).toBe(false);
  expect(isProvenVoid(5, [answer(4, 'absent'), answer(4, 'damaged')])).toBe(false);
});

test('who acknowledged the record had its blobs: what it has no trace of, it has lost', () => {
  expect(isProvenVoid(5, [answer(4, 'absent'), answer(5, 'absent')])).toBe(false);
});

test('an answer that leaves a blob out proves nothing of it', () => {
  expect(isProvenVoid(5, [answer(4, 'held', 'absent'), answer(4)])).toBe(false);
});
