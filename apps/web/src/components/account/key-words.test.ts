import { expect, test } from 'vitest';
import { lastUseWords, lifeWords, scopeWords } from './key-words.ts';

const NOW_MS = Date.UTC(2030, 0, 1);
const inDays = (days: number): string => new Date(NOW_MS + days * 24 * 60 * 60 * 1000).toISOString();

test.each([
  [{ verbs: ['write', 'read'], space: 'team', folder: '2026/in' }, 'read, add in team / 2026 / in'],
  [{ verbs: ['delete'], space: 'team', folder: '' }, 'delete in team'],
  [{ verbs: ['read'], space: null, folder: '' }, 'read in all spaces'],
] as const)('what %j may do is said as %s', (key, words) => {
  expect(scopeWords({ ...key, verbs: [...key.verbs] })).toBe(words);
});

test('how long a key lives, and when it was last used', () => {
  expect(lifeWords({ expiresAt: null, isExpired: false }, NOW_MS)).toBe('never expires');
  expect(lifeWords({ expiresAt: inDays(30), isExpired: false }, NOW_MS)).toBe('expires in 30 days');
  expect(lifeWords({ expiresAt: inDays(-1), isExpired: true }, NOW_MS)).toBe('expired');
  expect(lastUseWords({ lastUsedAt: null }, NOW_MS)).toBe('never used');
  expect(lastUseWords({ lastUsedAt: new Date(NOW_MS - 300_000).toISOString() }, NOW_MS)).toBe('used 5 min ago');
});
