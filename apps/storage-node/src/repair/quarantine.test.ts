import { rm } from 'node:fs/promises';
import { NetStoreError } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { damaged, missing } from '../blobs/blob-file.ts';
import { type makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import { makeBlobs, type OwningNode, startOwningNode } from './testing/owning-node.ts';

let node: OwningNode;
beforeEach(async () => {
  node = await startOwningNode();
});
afterEach(() => node[Symbol.asyncDispose]());

const [blob, other] = makeBlobs(2) as [ReturnType<typeof makeBlob>, ReturnType<typeof makeBlob>];
const found = damaged(blob.blobId, 'found by a test');

test('a damaged copy is moved aside, counted and owed', async () => {
  await node.putFile('file', [blob, other]);
  await node.rot(blob);
  await node.quarantine.take(blob.blobId, found, 'read');
  expect(await node.blobs.find(blob.blobId)).toBeUndefined();
  expect(await node.inQuarantine()).toEqual([expect.stringContaining(blob.blobId)]);
  expect(node.owed.map(({ blobId }) => blobId)).toEqual([blob.blobId]);
  expect(node.applier.debt).toMatchObject({ blobs: 1, bytes: 1000 });
  expect(await node.metrics.render()).toContain('netstore_faults_found_total{kind="blob",finder="read",service="test"} 1');
});

test('a copy that is right when it is looked at again stays where it is', async () => {
  await node.putFile('file', [blob]);
  await node.quarantine.take(blob.blobId, found, 'scrub');
  expect(await node.blobs.find(blob.blobId)).toBe('kept');
  expect(node.counts.found).toBe(0);
  expect(node.applier.debt.blobs).toBe(0);
});

test('one fault that many meet at once is one', async () => {
  await node.putFile('file', [blob]);
  await node.rot(blob);
  await Promise.all(Array.from({ length: 5 }, () => node.quarantine.take(blob.blobId, found, 'read')));
  expect(node.counts.found).toBe(1);
  expect(await node.inQuarantine()).toHaveLength(1);
});

test('a copy that is gone is owed once; one that was owed before is late, not gone', async () => {
  await node.putFile('file', [blob, other], [other]);
  await rm(node.pathOf(blob));
  for (const { blobId } of [blob, blob, other]) await node.quarantine.take(blobId, missing(blobId), 'scrub');
  expect(node.counts.found).toBe(1);
  expect(node.owed.map(({ blobId }) => blobId)).toEqual([blob.blobId]);
});

test('what nothing refers to is moved aside when it is damaged, and nobody misses it', async () => {
  await stageBlob(node.blobs, blob);
  await node.quarantine.take(blob.blobId, found, 'read');
  expect(await node.inQuarantine()).toHaveLength(1);
  await node.quarantine.take(other.blobId, missing(other.blobId), 'read');
  expect(node.owed).toEqual([]);
  expect(node.counts.found).toBe(1);
});

test('a disk that fails in another way is no verdict on the copy', async () => {
  await node.putFile('file', [blob]);
  node.blobs.verify = () => Promise.reject(new NetStoreError('NS_BUSY', 'no descriptor is left'));
  await expect(node.quarantine.take(blob.blobId, found, 'read')).rejects.toMatchObject({ code: 'NS_BUSY' });
  expect(await node.blobs.find(blob.blobId)).toBe('kept');
});
