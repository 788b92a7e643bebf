import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import { purge, remove } from '../catalogue/testing/record-chain.ts';
import { takeCensus } from './census.ts';
import { makeBlobs, type OwningNode, startOwningNode } from './testing/owning-node.ts';

const { signal } = new AbortController();
type Blob = ReturnType<typeof makeBlob>;

let node: OwningNode;
beforeEach(async () => {
  node = await startOwningNode();
});
afterEach(() => node[Symbol.asyncDispose]());

test('finds nothing where all is as it should be, and says what is there', async () => {
  const made = makeBlobs(40);
  await node.putFile('file', made);
  const census = await takeCensus(node, signal);
  expect(census).toMatchObject({ seq: 1, blobs: 40 });
  expect([node.counts.found, node.counts.strays, node.owed]).toEqual([0, 0, []]);
  expect(await takeCensus(node, signal)).toEqual(census);
});

test('owes what is referred to and gone, and counts it as not held', async () => {
  const made = makeBlobs(40);
  await node.putFile('file', made);
  const gone = [made[0], made[17], made[39]] as Blob[];
  for (const blob of gone) await rm(node.pathOf(blob));
  expect(await takeCensus(node, signal)).toMatchObject({ blobs: 37 });
  expect(node.owed.map(({ blobId }) => blobId)).toEqual(gone.map(({ blobId }) => blobId));
  expect(node.applier.debt).toMatchObject({ blobs: 3, bytes: 3000 });
  expect(node.counts.found).toBe(3);
});

test('keeps what is referred to and still in staging', async () => {
  const [blob] = makeBlobs(1) as [Blob];
  await node.putFile('file', [blob]);
  await rename(node.pathOf(blob), join(node.dirs.staging, blob.blobId));
  expect(await takeCensus(node, signal)).toMatchObject({ blobs: 1 });
  expect(await node.blobs.find(blob.blobId)).toBe('kept');
  expect(node.counts.found).toBe(0);
});

test('moves back to staging what nothing refers to, whole, and leaves the rest alone', async () => {
  const [kept, stray] = makeBlobs(2) as [Blob, Blob];
  await node.putFile('file', [kept]);
  await stageBlob(node.blobs, stray);
  await node.blobs.keep(stray.blobId);
  await takeCensus(node, signal);
  expect([await node.blobs.find(stray.blobId), await node.blobs.find(kept.blobId)]).toEqual(['staged', 'kept']);
  expect(node.counts.strays).toBe(1);
  await node.blobs.verify(node.refOf(stray));
});

test('moves to quarantine what is no blob', async () => {
  const [blob] = makeBlobs(1) as [Blob];
  await node.putFile('file', [blob]);
  await writeFile(join(node.dirs.blobs, '00', 'notes.txt'), 'of a person');
  await mkdir(join(node.dirs.blobs, 'ff', 'folder'));
  await takeCensus(node, signal);
  expect(node.counts.strays).toBe(2);
  expect(await readdir(join(node.dirs.blobs, '00'))).not.toContain('notes.txt');
  const [file] = (await node.inQuarantine()).filter((name) => name.includes('notes.txt'));
  expect(await readFile(join(node.dirs.quarantine, file ?? ''), 'utf8')).toBe('of a person');
});

test('leaves to those who unlink what a record has let go', async () => {
  const [blob] = makeBlobs(1) as [Blob];
  await node.putFile('file', [blob]);
  const { contentId } = (await node.catalogue.findBlob(blob.blobId)) ?? { contentId: 0 };
  expect(contentId).toBe(1);
  await node.commit(node.chain.operation(remove('file')));
  await node.commit(node.chain.operation(purge([2])));
  expect(await node.catalogue.findBlob(blob.blobId)).toBeNull();
  await takeCensus(node, signal);
  expect(await node.blobs.find(blob.blobId)).toBe('kept');
  expect(node.counts.strays).toBe(0);
  expect(await node.catalogue.trash.nextUnlinks(10)).toEqual([blob.blobId]);
});
