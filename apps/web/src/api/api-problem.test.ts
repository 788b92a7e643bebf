import { describe, expect, test } from 'vitest';
import { readProblem, toApiProblem, unreachable } from './api-problem.ts';

const head = (status: number, headers: Record<string, string> = {}) => ({ status, header: (name: string) => headers[name] ?? null });

describe('a problem', () => {
  test('carries the words, the code and the request id of the document', () => {
    const body = JSON.stringify({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'It is there.',
      code: 'NS_ALREADY_EXISTS',
      requestId: 'r-1',
    });
    const problem = readProblem(head(409), body);
    expect(problem).toMatchObject({
      message: 'It is there.',
      code: 'NS_ALREADY_EXISTS',
      requestId: 'r-1',
      status: 409,
      isRetryable: false,
    });
  });

  test.each(['<html>502 Bad Gateway</html>', '', 'null', '{"detail":"x"}', '[]'])(
    '%j, which NetStore did not write, is named as such',
    (body) => {
      expect(readProblem(head(502), body)).toMatchObject({ code: 'UNREADABLE', status: 502, isRetryable: true });
    },
  );

  test('knows how long to wait', () => {
    expect(readProblem(head(429, { 'retry-after': '3' }), '').retryAfterMs).toBe(3000);
    expect(readProblem(head(429, { 'retry-after': 'soon' }), '').retryAfterMs).toBeUndefined();
  });

  test('leaves the outcome of a write open when nothing or a 5xx answered, and only then', () => {
    expect(unreachable().isOutcomeUnknown).toBe(true);
    expect(readProblem(head(503), '').isOutcomeUnknown).toBe(true);
    expect(readProblem(head(412), '').isOutcomeUnknown).toBe(false);
  });

  test('is made of anything that was thrown', () => {
    expect(toApiProblem(new TypeError('x is undefined')).message).toContain('x is undefined');
  });
});
