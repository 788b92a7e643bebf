import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { forEachParallel } from './for-each-parallel.ts';

describe('forEachParallel', () => {
  test('does every piece of work once and never more than the limit at a time', async () => {
    const seen: number[] = [];
    let running = 0;
    let runningMax = 0;
    await forEachParallel(20, 4, async (index) => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      await setImmediate();
      seen.push(index);
      running -= 1;
    });
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(runningMax).toBe(4);
  });

  test('starts nothing more after a failure, and throws it', async () => {
    let started = 0;
    const run = forEachParallel(100, 2, async (index) => {
      started += 1;
      await setImmediate();
      if (index === 3) throw new Error('broken');
    });
    await expect(run).rejects.toThrow('broken');
    expect(started).toBeLessThan(8);
  });
});
