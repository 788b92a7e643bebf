import { describe, expect, test } from 'vitest';
import { NO_UPLOADS } from './upload-totals.ts';
import { describeStage, describeTotals } from './upload-words.ts';

describe('the words for an upload', () => {
  test('never call it durable before the server did', () => {
    expect(describeStage({ kind: 'sending', sentBytes: 100 }, 100).text).toBe('Sending, 100 %');
    expect(describeStage({ kind: 'confirming' }, 100).text).not.toMatch(/durable|stored|done/i);
    expect(describeStage({ kind: 'stored', durable: 2, total: 3 }, 100)).toMatchObject({
      tone: 'durable',
      text: expect.stringContaining('2/3'),
    });
    expect(describeStage({ kind: 'stored', durable: 3, total: 3 }, 100)).toMatchObject({
      tone: 'whole',
      text: expect.stringContaining('3/3'),
    });
  });

  test('never call an unknown outcome a failure', () => {
    const failure = { message: 'No answer.', requestId: undefined, isOutcomeUnknown: true, canRetry: true };
    expect(describeStage({ kind: 'failed', failure }, 1).text).toMatch(/may or may not/);
    expect(describeStage({ kind: 'cancelled', wasSent: true }, 1).text).toMatch(/may be stored/);
  });
});

describe('the headline', () => {
  test('counts through the files, then sums up', () => {
    expect(describeTotals({ ...NO_UPLOADS, count: 12, unfinished: 10 })).toBe('Uploading 3 of 12');
    expect(describeTotals({ ...NO_UPLOADS, count: 3, unfinished: 2, clashes: 2 })).toBe('Waiting for your choice');
    expect(describeTotals({ ...NO_UPLOADS, count: 5, stored: 3, failed: 1 })).toBe('3 uploaded, 1 failed, 1 left out');
  });
});
