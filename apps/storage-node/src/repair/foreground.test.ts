import { expect, test, vi } from 'vitest';
import { Foreground } from './foreground.ts';

const { signal } = new AbortController();

function conversations(foreground: Foreground, count: number): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (let started = 0; started < count; started += 1) void foreground.during(promise);
  return resolve;
}

test('a node with a few conversations is calm', async () => {
  const foreground = new Foreground();
  const end = conversations(foreground, 4);
  expect(foreground.conversations).toBe(4);
  await foreground.untilCalm(() => undefined, signal);
  end();
  await expect.poll(() => foreground.conversations).toBe(0);
});

test('many conversations hold it up until they end, and it says so once', async () => {
  const foreground = new Foreground();
  const end = conversations(foreground, 10);
  const onPause = vi.fn();
  let isCalm = false;
  const waiting = foreground.untilCalm(onPause, signal).then(() => {
    isCalm = true;
  });
  await expect.poll(() => onPause.mock.calls.length).toBe(1);
  expect(isCalm).toBe(false);
  end();
  await waiting;
  expect(onPause).toHaveBeenCalledTimes(1);
});

test('a node that is never calm is waited for only so long', async () => {
  const foreground = new Foreground();
  conversations(foreground, 10);
  const startedAt = performance.now();
  await foreground.untilCalm(() => undefined, signal);
  const waitedMs = performance.now() - startedAt;
  expect(waitedMs).toBeGreaterThan(5_000);
  expect(waitedMs).toBeLessThan(15_000);
}, 20_000);

test('a conversation that fails is over, too', async () => {
  const foreground = new Foreground();
  await expect(foreground.during(Promise.reject(new Error('by a test')))).rejects.toThrow('by a test');
  expect(foreground.conversations).toBe(0);
});

test('stopping ends the waiting', async () => {
  const foreground = new Foreground();
  conversations(foreground, 10);
  const stopping = new AbortController();
  const waiting = foreground.untilCalm(() => stopping.abort(), stopping.signal);
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
