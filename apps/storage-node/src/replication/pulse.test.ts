import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Pulse } from './pulse.ts';

const soon = (): Promise<string> => new Promise((resolve) => setImmediate(resolve, 'not yet'));

test('a change between looking and waiting is not missed', async () => {
  const pulse = new Pulse();
  const { count } = pulse;
  pulse.notify();
  await pulse.after(count);
});

test('a waiter sleeps until the next change', async () => {
  const pulse = new Pulse();
  const waiting = pulse.after(pulse.count);
  expect(await Promise.race([waiting, soon()])).toBe('not yet');
  pulse.notify();
  await waiting;
});

test('a wait ends with the signal and with the time, and leaves nothing behind', async () => {
  const pulse = new Pulse();
  const ended = new AbortController();
  const waiting = pulse.after(pulse.count, { signal: ended.signal, timeoutMs: 60_000 });
  ended.abort();
  await waiting;
  await pulse.after(pulse.count, { timeoutMs: 1 });
  const quiet = new AbortController();
  for (let round = 0; round < 100; round += 1) await pulse.after(pulse.count, { signal: quiet.signal, timeoutMs: 0 });
  expect(getEventListeners(quiet.signal, 'abort')).toHaveLength(0);
});
