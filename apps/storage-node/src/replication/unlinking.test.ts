import { createLogger } from '@netstore/service-kit';
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBlob, stageBlob, type TestBlob } from '../blobs/testing/blob-bytes.ts';
import { discard, purge, put, remove } from '../catalogue/testing/record-chain.ts';
import type { LogRecord } from '../log/record.ts';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { newEpoch, operation, startReplicator } from './testing/secondary.ts';
import { Unlinking } from './unlinking.ts';

const SOON = { timeout: 5_000 };
const logger = createLogger({ service: 'test', level: 'silent' });
let stack: AsyncDisposableStack;
let node: Awaited<ReturnType<typeof startReplicator>>;
const removed: AsyncDisposable[] = [];
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const dir = await makeTempDir('log', 'divergent', 'quarantine');
  removed.push(dir);
  node = await startReplicator(dir.path, stack);
});
afterEach(async () => {
  expect(node.failures).toEqual([]);
  await stack.disposeAsync();
  for (const dir of removed.splice(0)) await dir[Symbol.asyncDispose]();
});

const refOf = ({ blobId, crcTableSha256 }: TestBlob) => ({ blobId, lengthBytes: 100, crcTableSha256 });
const find = (...blobs: readonly TestBlob[]): Promise<unknown[]> => Promise.all(blobs.map(({ blobId }) => node.blobs.find(blobId)));
const unlink = (): Unlinking => stack.use(new Unlinking({ ...node, applier: node.replicator.applier, logger }));

async function commit(...records: LogRecord[]): Promise<void> {
  node.replicator.tail.push(records);
  await node.log.append(records);
  node.replicator.applier.commit(records.at(-1)?.seq ?? 0);
  await expect.poll(() => node.replicator.applier.appliedSeq).toBe(records.at(-1)?.seq);
}

/** A file of `blobs` that was put, deleted and purged. */
async function purgeFile(blobs: readonly TestBlob[]): Promise<LogRecord> {
  const opening = newEpoch(1);
  const stored = operation(1, opening, put('file', { refs: blobs.map(refOf) }));
  const trashed = operation(1, stored, remove('file'));
  const purged = operation(1, trashed, purge([trashed.seq]));
  await commit(opening, stored, trashed);
  await commit(purged);
  return purged;
}

test('files of purged blobs are unlinked, those of others stay, and it is noted that it is done', async () => {
  const [first, second, other] = [makeBlob(100), makeBlob(100), makeBlob(100)];
  for (const blob of [first, second, other]) await stageBlob(node.blobs, blob);
  await node.blobs.keep(other.blobId);
  unlink();
  await purgeFile([first, second]);
  await expect.poll(() => find(first, second, other), SOON).toEqual([undefined, undefined, 'kept']);
  await expect.poll(() => node.catalogue.trash.nextUnlinks(10), SOON).toEqual([]);
});

test('what a process did not get to is unlinked by the next', async () => {
  const blob = makeBlob(100);
  await stageBlob(node.blobs, blob);
  await purgeFile([blob]);
  expect(await find(blob)).toEqual(['kept']);
  unlink();
  await expect.poll(() => find(blob), SOON).toEqual([undefined]);
});

test('a blob that was let go while its bytes were still on their way is found in staging at the start', async () => {
  const [late, wanted] = [makeBlob(100), makeBlob(100)];
  const opening = newEpoch(1);
  await commit(opening, operation(1, opening, discard([late.blobId])));
  for (const blob of [late, wanted]) await stageBlob(node.blobs, blob);
  unlink();
  await expect.poll(() => find(late, wanted), SOON).toEqual([undefined, 'staged']);
});

test('a file that the disk does not let go is tried again, and none is forgotten', async () => {
  const blob = makeBlob(100);
  await stageBlob(node.blobs, blob);
  await purgeFile([blob]);
  const real = node.blobs.unlink.bind(node.blobs);
  const tried: BlobId[] = [];
  node.blobs.unlink = (blobId) => {
    tried.push(blobId);
    return Promise.reject(new NetStoreError('NS_UNAVAILABLE', 'the disk is read-only'));
  };
  const first = unlink();
  await expect.poll(() => tried, SOON).toEqual([blob.blobId]);
  expect(await node.catalogue.trash.nextUnlinks(10)).toEqual([blob.blobId]);
  await first[Symbol.asyncDispose]();
  node.blobs.unlink = real;
  unlink();
  await expect.poll(() => find(blob), SOON).toEqual([undefined]);
});
