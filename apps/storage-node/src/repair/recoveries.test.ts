import { afterEach, beforeEach, expect, test } from 'vitest';
import { missing } from '../blobs/blob-file.ts';
import { stageBlob, type TestBlob } from '../blobs/testing/blob-bytes.ts';
import type { ReferencedBlob } from '../catalogue/catalogue.ts';
import { purge, remove } from '../catalogue/testing/record-chain.ts';
import { Recoveries } from './recoveries.ts';
import { makeBlobs, type OwningNode, startOwningNode } from './testing/owning-node.ts';

const SOON = { timeout: 10_000 };

let ended: AbortController;
let node: OwningNode;
let recoveries: Recoveries;
let running: Promise<void>;
let blob: TestBlob;
beforeEach(async () => {
  ended = new AbortController();
  node = await startOwningNode();
  recoveries = new Recoveries({
    ...node,
    missingBlobs: () => node.applier.debt.blobs,
    takeAgain: async (blobId, reason) => {
      await node.quarantine.take(blobId, reason, 'scrub');
      recoveries.follow(node.owed.at(-1) as ReferencedBlob);
    },
  });
  running = recoveries.run(ended.signal);
  [blob] = makeBlobs(1) as [TestBlob];
  await node.putFile('file', [blob]);
});
afterEach(async () => {
  ended.abort();
  await running;
  await node[Symbol.asyncDispose]();
});

async function lose(): Promise<void> {
  await node.blobs.quarantine(blob.blobId, 'by a test');
  await node.quarantine.take(blob.blobId, missing(blob.blobId), 'read');
  recoveries.follow(node.owed.at(-1) as ReferencedBlob);
}

async function bringBack(): Promise<void> {
  await stageBlob(node.blobs, blob);
  await node.blobs.keep(blob.blobId);
  await node.catalogue.settleDebt([blob.blobId]);
}

test('a fault is repaired when a good copy is here and was read back, not before', async () => {
  await lose();
  await expect(recoveries.settled(600, ended.signal)).resolves.toBeUndefined();
  expect(node.counts.repaired).toBe(0);
  await bringBack();
  await recoveries.settled(10_000, ended.signal);
  expect([node.counts.found, node.counts.repaired]).toEqual([1, 1]);
});

test('a copy that came in bad is taken again, and both faults are repaired by the good one', async () => {
  await lose();
  await bringBack();
  await node.rot(blob);
  await expect.poll(() => node.counts.found, SOON).toBe(2);
  expect(node.counts.repaired).toBe(0);
  await bringBack();
  await expect.poll(() => node.counts.repaired, SOON).toBe(2);
});

test('what no file needs any more needs no copy', async () => {
  await lose();
  await node.commit(node.chain.operation(remove('file')));
  await node.commit(node.chain.operation(purge([2])));
  await expect.poll(() => node.counts.repaired, SOON).toBe(1);
});
