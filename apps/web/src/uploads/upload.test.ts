import { describe, expect, test } from 'vitest';
import { advance, canRestart, sentBytesOf, type Upload, type UploadEvent } from './upload.ts';

const fresh: Upload = {
  id: 1,
  batch: 1,
  space: 's',
  path: 'a.bin',
  file: new File(['12345'], 'a.bin'),
  key: 'k1',
  clashRule: 'ask',
  stage: { kind: 'waiting' },
};
const after = (...events: UploadEvent[]): Upload => events.reduce(advance, fresh);
const start: UploadEvent = { kind: 'start' };
const sent: UploadEvent = { kind: 'sent' };
const stored: UploadEvent = { kind: 'stored', durable: 2, total: 3 };
const cancel: UploadEvent = { kind: 'cancel' };

describe('an upload', () => {
  test('goes from waiting over sending and confirming to its replicas', () => {
    expect(after(start).stage).toEqual({ kind: 'sending', sentBytes: 0 });
    expect(after(start, { kind: 'progress', sentBytes: 3 }).stage).toEqual({ kind: 'sending', sentBytes: 3 });
    expect(after(start, sent).stage).toEqual({ kind: 'confirming' });
    expect(after(start, sent, stored).stage).toEqual({ kind: 'stored', durable: 2, total: 3 });
    expect(after(start, sent, stored, { kind: 'replicas', durable: 3, total: 3 }).stage).toEqual({ kind: 'stored', durable: 3, total: 3 });
  });

  test('counts no byte more than the file has, and none of a file that failed', () => {
    expect(sentBytesOf(after(start, { kind: 'progress', sentBytes: 99 }))).toBe(5);
    expect(sentBytesOf(after(start, sent, stored))).toBe(5);
    expect(sentBytesOf(after(start, sent, { kind: 'retry-later', reason: 'x' }))).toBe(0);
  });

  test('that was cancelled stays so, whatever arrives late', () => {
    const cancelled = after(start, cancel);
    expect([{ kind: 'progress', sentBytes: 4 } as const, sent, stored].map((event) => advance(cancelled, event))).toEqual([
      cancelled,
      cancelled,
      cancelled,
    ]);
  });

  test('says when it was cancelled too late to be sure', () => {
    expect(after(start, sent, cancel).stage).toEqual({ kind: 'cancelled', wasSent: true });
    expect(after(start, cancel).stage).toEqual({ kind: 'cancelled', wasSent: false });
    expect(after(start, sent, stored, cancel).stage.kind).toBe('stored');
  });

  test.each(['replace', 'keep-both'] as const)('with a clash answered by %s is a new write under a new key', (choice) => {
    const chosen = after(start, { kind: 'clash' }, { kind: 'choose', choice, path: 'b.bin', key: 'k2' });
    expect(chosen).toMatchObject({ path: 'b.bin', key: 'k2', clashRule: choice, stage: { kind: 'waiting' } });
  });

  test('with a clash answered by skip ends there and cannot be restarted', () => {
    const skipped = after(start, { kind: 'clash' }, { kind: 'choose', choice: 'skip', path: 'a.bin', key: 'k2' });
    expect(skipped.stage).toEqual({ kind: 'skipped' });
    expect(canRestart(skipped)).toBe(false);
  });

  test('that failed for good cannot be restarted', () => {
    const failure = { message: 'x', requestId: undefined, isOutcomeUnknown: false, canRetry: false };
    const failed = after(start, { kind: 'fail', failure });
    expect(advance(failed, { kind: 'restart', key: 'k2' })).toBe(failed);
    expect(after(start, { kind: 'fail', failure: { ...failure, canRetry: true } }, { kind: 'restart', key: 'k1' }).stage.kind).toBe(
      'waiting',
    );
  });
});
