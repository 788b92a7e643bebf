import { createLogger } from '@netstore/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryBlobStore } from '../blobs/memory-blob-store.ts';
import { makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import type { Catalogue, DebtPosition, MissingBlob } from '../catalogue/catalogue.ts';
import type { Applier } from './applier.ts';
import { Arrivals } from './arrivals.ts';
import { catchUp } from './catch-up.ts';
import { Pulse } from './pulse.ts';

let ended: AbortController;
beforeEach(() => {
  ended = new AbortController();
});
afterEach(() => ended.abort());

/** A node that owes `count` blobs, of records 1, 2, 3… */
function debtor(count: number, lengthBytes = 10) {
  const blobs = Array.from({ length: count }, () => makeBlob(10));
  let owed: MissingBlob[] = blobs.map(({ blobId, crcTableSha256 }, index) => ({ blobId, lengthBytes, crcTableSha256, seq: index + 1 }));
  const known = owed;
  const catalogue = {
    trash: { unlinkGone: async () => new Set() },
    nextDebt: async (limit: number, after: DebtPosition = { seq: -1, blobId: null }) =>
      owed.filter(({ seq }) => seq > after.seq).slice(0, limit),
    settleDebt: async (ids: readonly string[]) => {
      owed = owed.filter(({ blobId }) => !ids.includes(blobId));
    },
    addDebt: async (ids: readonly string[]) => {
      owed = [...owed, ...known.filter(({ blobId }) => ids.includes(blobId))];
    },
  } as unknown as Catalogue;
  const applier = {
    debt: { blobs: count, bytes: 0, heldSeq: 0 },
    changed: new Pulse(),
    refreshDebt: async () => undefined,
  } as unknown as Applier;
  const arrivals = new Arrivals();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const store = new MemoryBlobStore();
  const options = {
    applier,
    catalogue,
    blobs: store,
    arrivals,
    sources: () => [],
    isServing: () => false,
    logger,
    onSettled: () => undefined,
  };
  return { blobs, store, arrivals, options, owedSeqs: () => owed.map(({ seq }) => seq) };
}

test('blobs that nobody gives hold up none of those behind them', async () => {
  const { blobs, store, options, owedSeqs } = debtor(18);
  for (const blob of blobs.slice(16)) await stageBlob(store, blob);
  void catchUp(options, ended.signal);
  await expect.poll(() => owedSeqs().length, { timeout: 5_000 }).toBe(16);
  expect(owedSeqs().at(-1)).toBe(16);
});

test('a blob that is just being received is waited for, not fetched a second time', async () => {
  const { blobs, store, arrivals, options, owedSeqs } = debtor(1);
  const [blob] = blobs;
  if (blob === undefined) throw new Error('There is no blob');
  let asked = 0;
  const sources = () => {
    asked += 1;
    return [];
  };
  void arrivals.track(blob.blobId, new Promise((resolve) => setTimeout(() => resolve(stageBlob(store, blob)), 50)));
  void catchUp({ ...options, sources }, ended.signal);
  await expect.poll(owedSeqs).toEqual([]);
  expect(asked).toBe(0);
});

test.each([
  { what: 'many small blobs', lengthBytes: 10, isServing: false, atOnce: 16 },
  { what: 'a few large blobs', lengthBytes: 8 * 1024 * 1024, isServing: false, atOnce: 4 },
  { what: 'a few small blobs while clients are served', lengthBytes: 10, isServing: true, atOnce: 4 },
])('fetches $what at once: $atOnce', async ({ lengthBytes, isServing, atOnce }) => {
  const { options } = debtor(40, lengthBytes);
  let asked = 0;
  const sources = () => {
    asked += 1;
    return [];
  };
  void catchUp({ ...options, sources, isServing: () => isServing }, ended.signal);
  await expect.poll(() => asked).toBe(atOnce);
});

test('a blob that is moved aside after it came in is owed again', async () => {
  const { blobs, store, options, owedSeqs } = debtor(2);
  const [good, bad] = blobs;
  if (good === undefined || bad === undefined) throw new Error('There are no blobs');
  for (const blob of [good, bad]) await stageBlob(store, blob);
  const { settleDebt } = options.catalogue;
  options.catalogue.settleDebt = async (ids) => {
    await store.quarantine(bad.blobId, 'it was found bad');
    return await settleDebt(ids);
  };
  void catchUp(options, ended.signal);
  await expect.poll(owedSeqs).toEqual([2]);
});
