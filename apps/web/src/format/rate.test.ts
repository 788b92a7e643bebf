import { describe, expect, test } from 'vitest';
import { readRate, remainingMs, startRate } from './rate.ts';

describe('a rate', () => {
  test('is not said before the first reading that spans some time', () => {
    const rate = readRate(startRate(0), 100, 1_000_000);
    expect(rate.bytesPerSecond).toBeUndefined();
    expect(remainingMs(rate, 10)).toBeUndefined();
  });

  test('of a steady transfer is its speed', () => {
    let rate = startRate(0);
    for (let second = 1; second <= 5; second += 1) rate = readRate(rate, second * 1000, second * 2_000_000);
    expect(rate.bytesPerSecond).toBeCloseTo(2_000_000);
    expect(remainingMs(rate, 4_000_000)).toBeCloseTo(2000);
  });

  test('moves towards a new speed without jumping there', () => {
    const slow = readRate(startRate(0), 1000, 1_000_000);
    const faster = readRate(slow, 2000, 11_000_000);
    expect(faster.bytesPerSecond).toBeGreaterThan(1_000_000);
    expect(faster.bytesPerSecond).toBeLessThan(10_000_000);
  });

  test('is never negative when a failed file takes its bytes back', () => {
    expect(readRate(startRate(0, 5000), 1000, 0).bytesPerSecond).toBe(0);
  });

  test('gives no time left while nothing moves', () => {
    expect(remainingMs(readRate(startRate(0), 1000, 0), 100)).toBeUndefined();
  });
});
