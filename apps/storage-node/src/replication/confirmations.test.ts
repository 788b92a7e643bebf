import { expect, test, vi } from 'vitest';
import { Confirmations } from './confirmations.ts';

const { signal } = new AbortController();
const soon = (): Promise<string> => new Promise((resolve) => setImmediate(resolve, 'not yet'));

test('a read waits for a round that began after it came, and is content with that', async () => {
  const confirmations = new Confirmations();
  const before = confirmations.begin();
  const read = confirmations.confirm();
  confirmations.confirmed(before);
  expect(await Promise.race([read, soon()])).toBe('not yet');
  confirmations.confirmed(confirmations.begin());
  await read;
});

test('reads that wait together share one round', async () => {
  const confirmations = new Confirmations();
  const reads = [confirmations.confirm(), confirmations.confirm(), confirmations.confirm()];
  confirmations.confirmed(confirmations.begin());
  await Promise.all(reads);
});

test('a round that is answered late confirms nothing newer', async () => {
  const confirmations = new Confirmations();
  const first = confirmations.confirm();
  const early = confirmations.begin();
  const second = confirmations.confirm();
  confirmations.confirmed(early);
  await first;
  expect(await Promise.race([second, soon()])).toBe('not yet');
  confirmations.confirmed(confirmations.begin());
  await second;
});

test('whoever sends heartbeats is woken when somebody asks, at once when somebody has', async () => {
  const confirmations = new Confirmations();
  const round = confirmations.begin();
  const woken = confirmations.wanted(round, 60_000, signal);
  expect(await Promise.race([woken, soon()])).toBe('not yet');
  const read = confirmations.confirm();
  await woken;
  await confirmations.wanted(round, 60_000, signal);
  confirmations.confirmed(confirmations.begin());
  await read;
});

test('the end of the epoch refuses those who wait and those who come', async () => {
  const confirmations = new Confirmations();
  const waiting = confirmations.confirm();
  confirmations.close('a higher epoch was seen');
  await expect(waiting).rejects.toMatchObject({ code: 'NS_NO_QUORUM', message: expect.stringContaining('a higher epoch was seen') });
  await expect(confirmations.confirm()).rejects.toMatchObject({ code: 'NS_NO_QUORUM' });
});

test('without an answer it is refused after two seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const refused = expect(new Confirmations().confirm()).rejects.toMatchObject({ code: 'NS_NO_QUORUM' });
    await vi.advanceTimersByTimeAsync(2_100);
    await refused;
  } finally {
    vi.useRealTimers();
  }
});
