import { describe, expect, test } from 'vitest';
import { TestClock } from '../testing/test-bench.ts';
import { Attempts } from './attempts.ts';

const held = { code: 'NS_TOO_MANY_ATTEMPTS' };
const failing = async (): Promise<undefined> => undefined;
const succeeding = async (): Promise<string> => 'yes';

describe('Attempts', () => {
  test('holds an account that is guessed at from everywhere', async () => {
    const attempts = new Attempts(new TestClock().now);
    for (let index = 0; index < 5; index += 1) await attempts.guard({ account: 'ada', clientAddress: `10.0.0.${index}` }, failing);
    await expect(attempts.guard({ account: 'ada', clientAddress: '10.0.0.99' }, succeeding)).rejects.toMatchObject(held);
    await expect(attempts.guard({ account: 'eve', clientAddress: '10.0.0.99' }, succeeding)).resolves.toBe('yes');
  });

  test('holds a network that guesses at everybody, through an own account or not', async () => {
    const attempts = new Attempts(new TestClock().now);
    for (let index = 0; index < 5; index += 1) {
      await attempts.guard({ account: `user-${index}`, clientAddress: `2001:db8::${index}` }, failing);
      if (index < 4) await attempts.guard({ account: 'own', clientAddress: '2001:db8::1' }, succeeding);
    }
    await expect(attempts.guard({ account: 'own', clientAddress: '2001:db8::ffff' }, succeeding)).rejects.toMatchObject(held);
    await expect(attempts.guard({ account: 'own', clientAddress: '2001:db8:0:1::1' }, succeeding)).resolves.toBe('yes');
  });

  test('of a hundred guesses at once only five are decided', async () => {
    const attempts = new Attempts(new TestClock().now);
    let decided = 0;
    const guess = async (): Promise<undefined> => {
      decided += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return undefined;
    };
    const guesses = Array.from({ length: 100 }, (_, index) => attempts.guard({ account: 'ada', clientAddress: `10.0.0.${index}` }, guess));
    await Promise.allSettled(guesses);
    expect(decided).toBe(5);
  });

  test('lets the wait begin when the failure is decided, however long that took', async () => {
    const clock = new TestClock();
    const attempts = new Attempts(clock.now);
    const slow = async (): Promise<undefined> => void clock.pass(10_000);
    for (let index = 0; index < 5; index += 1) await attempts.guard({ account: 'ada', clientAddress: `10.0.0.${index}` }, slow);
    await expect(attempts.guard({ account: 'ada', clientAddress: '10.0.0.99' }, succeeding)).rejects.toMatchObject(held);
  });

  test('does not count an attempt that could not be decided', async () => {
    const attempts = new Attempts(new TestClock().now);
    const source = { account: 'ada', clientAddress: '10.0.0.1' };
    for (let index = 0; index < 20; index += 1) {
      await expect(attempts.guard(source, () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
    }
    await expect(attempts.guard(source, succeeding)).resolves.toBe('yes');
  });
});
