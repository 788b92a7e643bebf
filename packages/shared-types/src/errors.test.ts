import { describe, expect, test } from 'vitest';
import { ERROR_TABLE, type ErrorCode, isErrorCode, NetStoreError, toNetStoreError } from './errors.ts';

describe('the error table', () => {
  test.each(Object.entries(ERROR_TABLE))('%s has a status of HTTP and a meaning in a sentence', (code, kind) => {
    expect(code).toMatch(/^NS_[A-Z0-9_]+$/);
    expect(kind.status).toBeGreaterThanOrEqual(400);
    expect(kind.status).toBeLessThan(600);
    expect(kind.meaning).toMatch(/^[A-Z].*\.$/);
  });

  test('calls nothing retryable that says the request itself is wrong', () => {
    const wrong = Object.entries(ERROR_TABLE).filter(
      ([, { status, isRetryable }]) => isRetryable && status < 500 && status !== 408 && status !== 429,
    );
    expect(wrong).toEqual([]);
  });

  test('knows its own codes and no others, not even what every object has', () => {
    expect(isErrorCode('NS_NOT_FOUND' satisfies ErrorCode)).toBe(true);
    expect(['toString', 'NS_', 404, null].some(isErrorCode)).toBe(false);
  });
});

describe('an error', () => {
  test('has status and retryability from the table', () => {
    const error = new NetStoreError('NS_DISK_FULL', 'full', { details: { node: 'node-1' } });
    expect(error).toMatchObject({ status: 507, isRetryable: true, details: { node: 'node-1' } });
  });

  test('of another kind becomes a defect and keeps its cause', () => {
    const cause = new TypeError('x is undefined');
    expect(toNetStoreError(cause)).toMatchObject({ code: 'NS_INTERNAL', message: 'x is undefined', cause });
    expect(toNetStoreError('text')).toMatchObject({ code: 'NS_INTERNAL', message: 'text' });
  });

  test('of our own stays what it is', () => {
    const error = new NetStoreError('NS_BUSY', 'later');
    expect(toNetStoreError(error)).toBe(error);
  });
});
