import { mkdir, rename, rm, truncate, utimes } from 'node:fs/promises';
import type { BlobId } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScrubRound } from '../blobs/scrub-cursor.ts';
import type { TestBlob } from '../blobs/testing/blob-bytes.ts';
import { type ProveBlobsOptions, proveBlobs } from './prove-blobs.ts';
import { makeBlobs, type OwningNode, startOwningNode } from './testing/owning-node.ts';

const { signal } = new AbortController();
const DAY_MS = 86_400_000;
const FIRST: ScrubRound = {
  startedAtMs: Date.now(),
  isAskedFor: true,
  blobsTotal: 100,
  bytesTotal: 100_000,
  blobsDone: 0,
  bytesDone: 0,
  after: null,
};

type Eight = [TestBlob, TestBlob, TestBlob, TestBlob, TestBlob, TestBlob, TestBlob, TestBlob];

let node: OwningNode;
let made: TestBlob[];
let looked: (BlobId | null)[];
beforeEach(async () => {
  node = await startOwningNode();
  made = makeBlobs(100);
  await node.putFile('one', made.slice(0, 60));
  await node.putFile('two', made.slice(40));
  looked = [];
});
afterEach(() => node[Symbol.asyncDispose]());

const options = (more: Partial<ProveBlobsOptions> = {}): ProveBlobsOptions => ({
  ...node,
  periodMs: 30 * DAY_MS,
  now: Date.now,
  giveWay: async () => undefined,
  onProven: async ({ after }) => {
    looked.push(after);
  },
  ...more,
});

test('every blob that is referred to is read once, in the order of ids, however many files name it', async () => {
  const end = await proveBlobs(FIRST, options(), signal);
  expect(looked).toEqual(made.map(({ blobId }) => blobId));
  expect(end).toMatchObject({ blobsDone: 100, bytesDone: 100_000, after: made[99]?.blobId });
  expect(node.counts.found).toBe(0);
});

test('a round goes on behind the blob where it was left', async () => {
  const after = made[69]?.blobId ?? null;
  const end = await proveBlobs({ ...FIRST, blobsDone: 70, bytesDone: 70_000, after }, options(), signal);
  expect(looked).toEqual(made.slice(70).map(({ blobId }) => blobId));
  expect(end).toMatchObject({ blobsDone: 100, bytesDone: 100_000 });
});

test('what was right has its time renewed; what was wrong, short, gone, no file or another blob is owed', async () => {
  const [good, flipped, footer, short, gone, folder, one, other] = made.slice(0, 8) as Eight;
  await utimes(node.pathOf(good), 1, 1);
  await node.rot(flipped, 999);
  await node.rot(footer, 1_010);
  await truncate(node.pathOf(short), 500);
  await rm(node.pathOf(gone));
  await rm(node.pathOf(folder));
  await mkdir(node.pathOf(folder));
  await rename(node.pathOf(one), `${node.path}/swap`);
  await rename(node.pathOf(other), node.pathOf(one));
  await rename(`${node.path}/swap`, node.pathOf(other));
  await proveBlobs(FIRST, options(), signal);
  expect(await node.blobs.verifiedAtMs(good.blobId)).toBeGreaterThan(Date.now() - 60_000);
  const bad = [flipped, footer, short, gone, folder, one, other].map(({ blobId }) => blobId);
  expect(node.owed.map(({ blobId }) => blobId)).toEqual(bad);
  expect(node.applier.debt.blobs).toBe(7);
  expect(node.counts.found).toBe(7);
  expect(await node.inQuarantine()).toHaveLength(6);
});

test('a scheduled round keeps its pace, however small the blobs are', async () => {
  const bytes = 100_000;
  const startedAt = performance.now();
  await proveBlobs({ ...FIRST, isAskedFor: false, startedAtMs: Date.now(), bytesTotal: bytes }, options(), signal);
  expect(performance.now() - startedAt).toBeGreaterThan(((bytes * 1000) / (1024 * 1024)) * 0.7);
});

test('others go first before each MiB, not before each blob', async () => {
  let turns = 0;
  const giveWay = async (): Promise<void> => {
    turns += 1;
  };
  await proveBlobs(FIRST, options({ giveWay }), signal);
  expect(turns).toBe(2);
});

test('what lies not in a blob ends the walk there, so that the blob has its turn again', async () => {
  const verify = node.blobs.verify.bind(node.blobs);
  node.blobs.verify = (ref) => (ref.blobId === made[2]?.blobId ? Promise.reject(new Error('by a test')) : verify(ref));
  await expect(proveBlobs(FIRST, options(), signal)).rejects.toThrow('by a test');
  expect(looked).toEqual(made.slice(0, 2).map(({ blobId }) => blobId));
});
