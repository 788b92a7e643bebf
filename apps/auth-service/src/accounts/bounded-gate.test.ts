import { describe, expect, test } from 'vitest';
import { BoundedGate } from './bounded-gate.ts';

describe('BoundedGate', () => {
  test('lets two work, queues the rest in order, and refuses whoever finds the queue full', async () => {
    const gate = new BoundedGate({ activeMax: 2, waitingMax: 3, retryAfterSeconds: 7 });
    const started: number[] = [];
    const releases: (() => void)[] = [];
    const work = (index: number) => () => {
      started.push(index);
      return new Promise<void>((resolve) => releases.push(resolve));
    };
    const running = [0, 1, 2, 3, 4].map((index) => gate.run(work(index)));
    await expect(gate.run(work(5))).rejects.toMatchObject({ code: 'NS_BUSY', details: { retryAfterSeconds: 7 } });
    expect(started).toEqual([0, 1]);
    expect(gate.waiting).toBe(3);

    for (let index = 0; index < 5; index += 1) {
      releases[index]?.();
      await running[index];
      await Promise.resolve();
      expect(started.length).toBe(Math.min(5, index + 3));
    }
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(gate.waiting).toBe(0);
  });

  test('gives the place of work that failed to the next in line', async () => {
    const gate = new BoundedGate({ activeMax: 1, waitingMax: 1, retryAfterSeconds: 1 });
    const failing = gate.run(() => Promise.reject(new Error('planted')));
    const next = gate.run(async () => 'done');
    await expect(failing).rejects.toThrow('planted');
    await expect(next).resolves.toBe('done');
  });
});
