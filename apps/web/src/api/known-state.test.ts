import { describe, expect, test } from 'vitest';
import { KnownState } from './known-state.ts';

const answer = (fields: Record<string, string>) => (name: string) => fields[name.toLowerCase()] ?? null;
const shows = (version: string, fields: Record<string, string> = {}) => answer({ 'x-netstore-version': version, ...fields });

describe('what the page has seen', () => {
  test('is nothing at first, and nothing from answers about other things', () => {
    const state = new KnownState();
    state.take(answer({ 'content-type': 'application/json' }));
    expect(state.fields).toEqual({});
  });

  test('is the latest of all answers, whatever their order', () => {
    const state = new KnownState();
    for (const version of ['9z', '1a', '100', 'zz', '0', '101']) state.take(shows(version));
    expect(state.fields).toEqual({ 'X-NetStore-Version': '101' });
  });

  test('may be out of date until an answer says that it is not', () => {
    const state = new KnownState();
    state.take(shows('5', { 'x-netstore-stale': 'possibly' }));
    expect(state.isStale.get()).toBe(true);
    state.take(answer({}));
    expect(state.isStale.get()).toBe(true);
    state.take(shows('4'));
    expect(state.isStale.get()).toBe(false);
  });
});
