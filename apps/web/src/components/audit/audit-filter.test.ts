import { expect, test } from 'vitest';
import { countOf, fromLocalTime, NO_FILTER, queryOf, readFilter, toLocalTime, writeFilter } from './audit-filter.ts';

const FILTER = { ...NO_FILTER, actor: 'ada', path: 'a&b', from: '2026-11-23T05:48:00.000Z', looks: 'all' };

test('a filter is found again in the address', () => {
  expect(readFilter(new URLSearchParams(writeFilter(FILTER).toString()))).toEqual(FILTER);
  expect(writeFilter(NO_FILTER).toString()).toBe('');
  expect(readFilter(new URLSearchParams('colour=red'))).toEqual(NO_FILTER);
});

test('what only looks is left out unless it is wanted', () => {
  expect(queryOf(NO_FILTER)).toEqual({ without: 'looks' });
  expect(queryOf(FILTER)).toEqual({ actor: 'ada', path: 'a&b', from: '2026-11-23T05:48:00.000Z' });
});

test('only what narrows it down is counted', () => {
  expect(countOf(FILTER)).toBe(3);
});

test('a time is the same after it was shown in local time', () => {
  expect(fromLocalTime(toLocalTime(FILTER.from))).toBe(FILTER.from);
  expect(toLocalTime('yesterday')).toBe('');
  expect(fromLocalTime('')).toBe('');
});
