import { describe, expect, test } from 'vitest';
import { TestClock } from '../testing/test-bench.ts';
import { Throttle } from './throttle.ts';

const MINUTE_MS = 60_000;

function secondsToWait(throttle: Throttle, key = 'ada'): number {
  try {
    throttle.check(key);
    return 0;
  } catch (error) {
    return (error as { details: { retryAfterSeconds: number } }).details.retryAfterSeconds;
  }
}

describe('Throttle', () => {
  test('lets five failures pass, then asks to wait 1 s, doubling to 15 min', () => {
    const clock = new TestClock();
    const throttle = new Throttle(clock.now);
    const waits: number[] = [];
    for (let failure = 1; failure <= 17; failure += 1) {
      throttle.fail('ada');
      const wait = secondsToWait(throttle);
      waits.push(wait);
      clock.pass(wait * 1000);
      expect(secondsToWait(throttle)).toBe(0);
    }
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  test('says 429 with the seconds that are left', () => {
    const clock = new TestClock();
    const throttle = new Throttle(clock.now);
    for (let failure = 0; failure < 9; failure += 1) throttle.fail('ada');
    clock.pass(10_500);
    expect(() => throttle.check('ada')).toThrow(
      expect.objectContaining({ code: 'NS_TOO_MANY_ATTEMPTS', details: { retryAfterSeconds: 6 } }),
    );
  });

  test('holds one key without holding another', () => {
    const throttle = new Throttle(new TestClock().now);
    for (let failure = 0; failure < 9; failure += 1) throttle.fail('ada');
    expect(secondsToWait(throttle, 'eve')).toBe(0);
  });

  test('forgets at a success, and after an hour without a failure', () => {
    const clock = new TestClock();
    const throttle = new Throttle(clock.now);
    for (let failure = 0; failure < 20; failure += 1) throttle.fail('ada');
    throttle.forget('ada');
    expect(secondsToWait(throttle)).toBe(0);
    for (let failure = 0; failure < 20; failure += 1) throttle.fail('ada');
    clock.pass(61 * MINUTE_MS);
    throttle.fail('ada');
    expect(secondsToWait(throttle)).toBe(0);
  });

  test('takes a failure back that was none', () => {
    const throttle = new Throttle(new TestClock().now);
    for (let failure = 0; failure < 5; failure += 1) throttle.fail('ada');
    throttle.withdraw('ada');
    expect(secondsToWait(throttle)).toBe(0);
  });

  test('remembers a bounded number of keys, dropping the longest unused', () => {
    const throttle = new Throttle(new TestClock().now);
    const failOften = (key: string): void => {
      for (let failure = 0; failure < 6; failure += 1) throttle.fail(key);
    };
    failOften('first');
    failOften('kept');
    for (let index = 0; index < 19_998; index += 1) throttle.fail(`key-${index}`);
    throttle.fail('kept');
    throttle.fail('one more');
    expect(secondsToWait(throttle, 'first')).toBe(0);
    expect(secondsToWait(throttle, 'kept')).toBeGreaterThan(0);
  });
});
