import { expect, test } from 'vitest';
import { FaultJournal } from './fault-journal.ts';

const note = (journal: FaultJournal, count: number): void => {
  for (let index = 0; index < count; index += 1) journal.note('gone', `blob ${index}`);
};
const numbers = (journal: FaultJournal, after: number, limit = 100): number[] => journal.after(after, limit).map(({ number }) => number);

test('gives what came after an event, the oldest first', () => {
  const journal = new FaultJournal(() => 1_790_000_000_000);
  expect(numbers(journal, 0)).toEqual([]);
  note(journal, 5);
  expect(numbers(journal, 0)).toEqual([1, 2, 3, 4, 5]);
  expect(numbers(journal, 0, 2)).toEqual([1, 2]);
  expect(numbers(journal, 3)).toEqual([4, 5]);
  expect([numbers(journal, 5), numbers(journal, 99)]).toEqual([[], []]);
  expect(journal.after(4, 1)).toEqual([{ number: 5, timeMs: 1_790_000_000_000, kind: 'gone', what: 'blob 4' }]);
});

test('lets the oldest go beyond its bound, and the numbers show it', () => {
  const journal = new FaultJournal(Date.now, 10);
  note(journal, 21);
  expect(numbers(journal, 0)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
  expect(numbers(journal, 20)).toEqual([21]);
});
