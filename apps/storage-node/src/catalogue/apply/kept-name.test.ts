import { describe, expect, test } from 'vitest';
import { nextName } from './kept-name.ts';

describe('the name beside a name', () => {
  test.each([
    ['report.pdf', 'report (2).pdf'],
    ['report (2).pdf', 'report (3).pdf'],
    ['report (9).pdf', 'report (10).pdf'],
    ['backup.tar.gz', 'backup (2).tar.gz'],
    ['.profile', '.profile (2)'],
    ['LICENSE', 'LICENSE (2)'],
    ['v1.2 final', 'v1.2 final (2)'],
    ['Mr. Smith', 'Mr. Smith (2)'],
    ['(2).txt', '(2) (2).txt'],
  ])('of the file "%s" is "%s"', (name, next) => {
    expect(nextName(name, true)).toBe(next);
  });

  test('of a folder has its number at the end', () => {
    expect(nextName('v1.2', false)).toBe('v1.2 (2)');
    expect(nextName('v1.2 (2)', false)).toBe('v1.2 (3)');
  });

  test('is cut between letters and stays within the limit', () => {
    const next = nextName(`${'é'.repeat(125)}a.txt`, true);
    expect(next).toBe(`${'é'.repeat(123)} (2).txt`);
    expect(Buffer.byteLength(next)).toBeLessThanOrEqual(255);
  });
});
