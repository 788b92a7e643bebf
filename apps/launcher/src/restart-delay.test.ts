import { expect, test } from 'vitest';
import { restartDelayMs } from './restart-delay.ts';

test('the first restart comes after one second', () => {
  expect(restartDelayMs(0, 5)).toBe(1_000);
});

test('a service that dies again and again waits twice as long each time, up to half a minute', () => {
  const delays: number[] = [];
  for (let previous = 0; delays.length < 8; previous = delays.at(-1) ?? 0) delays.push(restartDelayMs(previous, 59_999));
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('after a stable minute the delay starts over', () => {
  expect(restartDelayMs(30_000, 60_000)).toBe(1_000);
});
