import { describe, expect, test } from 'vitest';
import { nextName, splitExtension } from './conflict-name.ts';

describe('keeping both', () => {
  test.each([
    ['report.pdf', 'report (2).pdf'],
    ['report (2).pdf', 'report (3).pdf'],
    ['report (9).pdf', 'report (10).pdf'],
    ['backup.tar.gz', 'backup (2).tar.gz'],
    ['.profile', '.profile (2)'],
    ['LICENSE', 'LICENSE (2)'],
    ['v1.2 final', 'v1.2 final (2)'],
    ['(2).txt', '(2) (2).txt'],
  ])('"%s" becomes "%s"', (name, next) => {
    expect(nextName(name)).toBe(next);
  });

  test('a name at the limit is cut between letters and stays within it', () => {
    const next = nextName(`${'é'.repeat(125)}a.txt`);
    expect(next.endsWith(' (2).txt')).toBe(true);
    expect(new TextEncoder().encode(next).length).toBeLessThanOrEqual(255);
    expect(next).not.toContain('\ufffd');
  });

  test('a dot followed by a space starts no extension', () => {
    expect(splitExtension('Mr. Smith')).toEqual(['Mr. Smith', '']);
  });
});
