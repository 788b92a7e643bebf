import { copyFile, rm } from 'node:fs/promises';
import { type Incarnation, NetStoreError, type NodeId } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import { Catalogue } from '../catalogue/catalogue.ts';
import { put } from '../catalogue/testing/record-chain.ts';
import { encodeJoin } from '../log/payload.ts';
import { type LogRecord, sealRecord } from '../log/record.ts';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { newEpoch, operation, startReplicator } from './testing/secondary.ts';

let stack: AsyncDisposableStack;
let path: string;
const removed: AsyncDisposable[] = [];
let node: Awaited<ReturnType<typeof startReplicator>>;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const dir = await makeTempDir('log', 'divergent', 'quarantine');
  ({ path } = dir);
  removed.push(dir);
  node = await startReplicator(path, stack);
});
afterEach(async () => {
  expect(node.failures).toEqual([]);
  await stack.disposeAsync();
  for (const dir of removed.splice(0)) await dir[Symbol.asyncDispose]();
});

const blobs = [makeBlob(100), makeBlob(100), makeBlob(100)] as const;
const refOf = ({ blobId, crcTableSha256 }: (typeof blobs)[number]) => ({ blobId, lengthBytes: 100, crcTableSha256 });

async function commit(...records: LogRecord[]): Promise<void> {
  node.replicator.tail.push(records);
  await node.log.append(records);
  node.replicator.applier.commit(records.at(-1)?.seq ?? 0);
  await expect.poll(() => node.replicator.applier.appliedSeq, { timeout: 10_000 }).toBe(records.at(-1)?.seq);
}

test('blobs of an accepted put are kept, those it lacks are owed, those of a rejected one are let go', async () => {
  const [kept, owed, vain] = blobs;
  await stageBlob(node.blobs, kept);
  await stageBlob(node.blobs, vain);
  const opening = newEpoch(1);
  const accepted = operation(1, opening, put('file', { refs: [refOf(kept), refOf(owed)] }));
  const rejected = operation(1, accepted, put('file', { refs: [refOf(vain)], expected: { kind: 'absent' } }));
  await commit(opening, accepted, rejected);
  expect(await node.blobs.find(kept.blobId)).toBe('kept');
  expect(node.replicator.applier.debt).toMatchObject({ blobs: 1, bytes: 100, heldSeq: 1 });
  expect(await node.blobs.find(vain.blobId)).toBeUndefined();
});

test('a crowd of readers delays what is applied and never ends the node', async () => {
  const apply = node.catalogue.apply.bind(node.catalogue);
  let refusals = 2;
  node.catalogue.apply = (...args) => {
    refusals -= 1;
    return refusals >= 0 ? Promise.reject(new NetStoreError('NS_BUSY', 'later')) : apply(...args);
  };
  await commit(newEpoch(1));
  expect(refusals).toBe(-1);
});

test('a full disk leaves a kept blob where it was staged, and the node goes on', async () => {
  const [blob] = blobs;
  await stageBlob(node.blobs, blob);
  node.blobs.keep = () => Promise.reject(new NetStoreError('NS_DISK_FULL', 'no room for a name'));
  const opening = newEpoch(1);
  await commit(opening, operation(1, opening, put('file', { refs: [refOf(blob)] })));
  expect(node.replicator.applier.debt.blobs).toBe(0);
  expect(await node.blobs.find(blob.blobId)).toBe('staged');
});

test('a node whose catalogue shows what its log does not have refuses to start', async () => {
  await commit(newEpoch(1));
  const other = stack.use(await makeTempDir('log', 'divergent', 'quarantine'));
  await node.catalogue.checkpoint();
  await copyFile(`${path}/catalogue.db`, `${other.path}/catalogue.db`);
  await expect(startReplicator(other.path, stack)).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED' });
});

test('a node whose catalogue was lost knows its members from its log, and counts no strange disk', async () => {
  await commit(newEpoch(1));
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
  await rm(`${path}/catalogue.db`);
  node = await startReplicator(path, stack);
  expect(node.catalogue.applied.seq).toBe(0);
  expect(node.members.isMember('node-3' as NodeId, 'f'.repeat(32) as Incarnation)).toBe(false);
});

test('that a new disk was taken in survives a power cut, which takes the rest of what was not checkpointed', async () => {
  const incarnation = 'a'.repeat(32) as Incarnation;
  const opening = newEpoch(1);
  const payload = encodeJoin({ nodeId: 'node-2' as NodeId, incarnation, members: [{ nodeId: 'node-2' as NodeId, incarnation }] });
  await commit(opening, sealRecord({ seq: 2, epoch: 1, timeMs: 1, previous: opening.hash, type: 'join', payload }));
  const other = stack.use(await makeTempDir('quarantine'));
  await copyFile(`${path}/catalogue.db`, `${other.path}/catalogue.db`);
  await using left = await Catalogue.open({ path: `${other.path}/catalogue.db`, quarantineDir: `${other.path}/quarantine` });
  expect(left.clusterState.members).toEqual([{ nodeId: 'node-2', incarnation }]);
});
