import type { LogPosition } from '@netstore/wire-protocol';
import { describe, expect, test, vi } from 'vitest';
import { type LogRecord, NO_HASH } from '../log/record.ts';
import { Proposals } from './proposals.ts';

const payload = new Uint8Array(8);

/** Proposals over a log whose appends finish when the test says so. */
function proposals(now = () => 1_000) {
  const appends: LogRecord[][] = [];
  const finish: (() => void)[] = [];
  let last: LogPosition = { seq: 0, hash: NO_HASH };
  const subject = new Proposals({
    epoch: 3,
    now,
    last: () => last,
    append: (records) => {
      appends.push([...records]);
      last = records.at(-1) as LogRecord;
      return new Promise((resolve) => finish.push(resolve));
    },
  });
  return { subject, appends, finishNext: () => finish.shift()?.() };
}

describe('group commit', () => {
  test('appends at once what comes first, and together what waits behind it', async () => {
    const { subject, appends, finishNext } = proposals();
    for (let count = 0; count < 5; count += 1) void subject.propose('operation', payload);
    expect(appends.map((group) => group.map(({ seq }) => seq))).toEqual([[1]]);
    finishNext();
    await expect.poll(() => appends.length).toBe(2);
    expect(appends[1]?.map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
  });

  test('chains every record to the one before it, also across groups', async () => {
    const { subject, appends, finishNext } = proposals();
    for (let count = 0; count < 3; count += 1) void subject.propose('operation', payload);
    finishNext();
    await expect.poll(() => appends.length).toBe(2);
    const records = appends.flat();
    expect(records[0]?.previous).toEqual(NO_HASH);
    expect(records[1]?.previous).toEqual(records[0]?.hash);
    expect(records[2]?.previous).toEqual(records[1]?.hash);
    expect(records.every(({ epoch }) => epoch === 3)).toBe(true);
  });

  test('keeps a record of one megabyte to itself', async () => {
    const { subject, appends, finishNext } = proposals();
    void subject.propose('operation', payload);
    void subject.propose('operation', new Uint8Array(1024 * 1024));
    void subject.propose('operation', payload);
    finishNext();
    await expect.poll(() => appends.length).toBe(2);
    expect(appends[1]?.length).toBe(1);
  });
});

test('it is known how long the oldest has waited, until it is settled', async () => {
  using clock = vi.spyOn(performance, 'now').mockReturnValue(1_000);
  const { subject, finishNext } = proposals();
  expect(subject.oldestAgeMs).toBe(0);
  const first = subject.propose('operation', payload);
  clock.mockReturnValue(5_000);
  void subject.propose('operation', payload);
  finishNext();
  await expect.poll(() => subject.isIdle).toBe(false);
  clock.mockReturnValue(9_000);
  expect(subject.oldestAgeMs).toBe(8_000);
  subject.settle(1, null);
  await first;
  expect(subject.oldestAgeMs).toBeLessThanOrEqual(4_000);
});

test('the time of records never runs backwards, whatever the clock does', () => {
  const times = [5_000, 2_000, 6_000];
  const { subject, appends, finishNext } = proposals(() => times.shift() as number);
  void subject.propose('operation', payload);
  void subject.propose('operation', payload);
  void subject.propose('operation', payload);
  finishNext();
  return expect.poll(() => appends.flat().map(({ timeMs }) => timeMs)).toEqual([5_000, 5_000, 6_000]);
});

test('a proposal resolves with its own outcome when its record is applied', async () => {
  const { subject, finishNext } = proposals();
  const first = subject.propose('new-epoch', payload);
  finishNext();
  subject.settle(1, null);
  await expect(first).resolves.toBeNull();
});

test('when the epoch ends, those who wait learn that the outcome is unknown, and so does whoever comes later', async () => {
  const { subject } = proposals();
  const appended = subject.propose('operation', payload);
  const queued = subject.propose('operation', payload);
  subject.close('epoch 4 was opened');
  for (const waiting of [appended, queued, subject.propose('operation', payload)]) {
    await expect(waiting).rejects.toMatchObject({ code: 'NS_NO_QUORUM', message: expect.stringContaining('may or may not') });
  }
});

test('an operation that no record can hold is refused with nothing done', async () => {
  const { subject, appends } = proposals();
  await expect(subject.propose('operation', new Uint8Array(4 * 1024 * 1024))).rejects.toMatchObject({ code: 'NS_BODY_TOO_LARGE' });
  expect(appends).toEqual([]);
});

test('a queue that is full refuses with nothing done', async () => {
  const { subject } = proposals();
  const waiting = Array.from({ length: 4097 }, () => subject.propose('operation', payload));
  await expect(subject.propose('operation', payload)).rejects.toMatchObject({ code: 'NS_BUSY' });
  subject.close('test ends');
  await Promise.allSettled(waiting);
});

test('without a second member no more than a bounded number of operations is logged', async () => {
  const { subject, appends, finishNext } = proposals();
  const refused: unknown[] = [];
  const propose = (): void => void subject.propose('operation', payload).catch((error: unknown) => refused.push(error));
  for (let round = 0; round < 20 && refused.length === 0; round += 1) {
    for (let count = 0; count < 512; count += 1) propose();
    const before = appends.length;
    finishNext();
    await expect.poll(() => appends.length > before || refused.length > 0).toBe(true);
  }
  expect(refused[0]).toMatchObject({ code: 'NS_BUSY' });
  expect(appends.flat().length).toBeLessThanOrEqual(8192 + 512);
});
