import { describe, expect, test } from 'vitest';
import { dueInMs, pauseMsAfter, roundIntervalMs } from './pace.ts';

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const periodMs = 30 * DAY_MS;

/** Reads blobs of `blobBytes` at no cost but the pauses; gives how long that took. */
function roundMs(bytesTotal: number, { blobBytes = 8 * MIB, startedLateMs = 0 } = {}): number {
  let nowMs = startedLateMs;
  for (let bytesDone = blobBytes; bytesDone <= bytesTotal; bytesDone += blobBytes) {
    nowMs += pauseMsAfter(blobBytes, { startedAtMs: 0, bytesTotal, bytesDone }, { periodMs, nowMs });
  }
  return nowMs;
}

describe('the pace of a round', () => {
  test('spreads a large store over most of the time between two rounds, and ends before the next', () => {
    const took = roundMs(2048 * GIB, { blobBytes: 8 * MIB });
    expect(took).toBeGreaterThan(0.7 * roundIntervalMs(periodMs));
    expect(took).toBeLessThanOrEqual(0.8 * roundIntervalMs(periodMs));
  });

  test('makes up for time that the node was down', () => {
    const took = roundMs(2048 * GIB, { startedLateMs: 5 * DAY_MS });
    expect(took).toBeGreaterThan(0.7 * roundIntervalMs(periodMs));
    expect(took).toBeLessThanOrEqual(0.8 * roundIntervalMs(periodMs));
  });

  test('reads a small store at one MiB a second', () => {
    expect(roundMs(GIB)).toBeCloseTo(1024 * 1000, -4);
  });

  test('does not wait when its time is over, nor for what it cannot know', () => {
    const late = { startedAtMs: 0, bytesTotal: GIB, bytesDone: 0 };
    expect(pauseMsAfter(8 * MIB, late, { periodMs, nowMs: periodMs })).toBe(0);
    expect(pauseMsAfter(8 * MIB, { ...late, bytesDone: 2 * GIB }, { periodMs, nowMs: 0 })).toBe(8_000);
  });

  test('reads every copy twice in a period, so that none waits for longer than one', () => {
    expect(roundIntervalMs(periodMs)).toBe(15 * DAY_MS);
  });
});

test('what is done at intervals is due when one has passed, when it was never done, and when the clock was wrong', () => {
  expect(dueInMs(1_000, 500, 1_200)).toBe(300);
  expect(dueInMs(1_000, 500, 1_700)).toBe(0);
  expect(dueInMs(Number.NEGATIVE_INFINITY, 500, 0)).toBe(0);
  expect(dueInMs(5_000, 500, 1_000)).toBe(0);
});
