import { describe, expect, test } from 'vitest';
import { nameProblem } from './name-rule.ts';

describe('names', () => {
  test.each(['a', 'Résumé.pdf', '日本語', ' with spaces ', '...', 'a\\b', 'x'.repeat(255)])('"%s" may be a name', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  test.each(['', '.', '..', 'a/b', 'a\u0000b', 'a\nb', 'a\u202eb', '\ud800', 'x'.repeat(256), 'é'.repeat(128)])('%j may not', (name) => {
    expect(nameProblem(name)).toBeTypeOf('string');
  });

  test('the length is counted as the server counts it, after composition', () => {
    expect(nameProblem('e\u0301'.repeat(127))).toBeUndefined();
  });
});
