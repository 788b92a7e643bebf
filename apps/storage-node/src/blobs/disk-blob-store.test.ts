import { mkdir, readdir, readFile, rename, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newBlobId } from '@netstore/shared-types';
import { CHUNK_BYTES } from '@netstore/wire-protocol';
import { describe, expect, test, vi } from 'vitest';
import { flipByte } from '../log/testing/flip-byte.ts';
import { makeTempDir, type TempDir } from '../log/testing/temp-dir.ts';
import { FOOTER_BYTES_MAX } from './blob-file.ts';
import { type BlobDirs, keptPath, partPath, stagedPath } from './blob-path.ts';
import { DiskBlobStore, type DiskBlobStoreOptions } from './disk-blob-store.ts';
import { makeBlob, readBlob, stageBlob, type TestBlob } from './testing/blob-bytes.ts';
import { describeBlobStore } from './testing/blob-store-conformance.ts';
import type { StoreUnderTest } from './testing/store-kind.ts';

const FOLDERS = ['blobs', 'staging', 'quarantine'];
const dirsIn = (root: string): BlobDirs => ({
  blobs: join(root, 'blobs'),
  staging: join(root, 'staging'),
  quarantine: join(root, 'quarantine'),
});
const openStore = (root: string, options: Partial<DiskBlobStoreOptions> = {}) =>
  DiskBlobStore.open({ dirs: dirsIn(root), reserveFraction: 0.02, reserveBytesMin: 0, ...options });

async function underTest(dir: TempDir, store: DiskBlobStore): Promise<StoreUnderTest> {
  return {
    store,
    damage: async ({ blobId }, byteOffset) => {
      const place = await store.find(blobId);
      await flipByte(place === 'kept' ? keptPath(dirsIn(dir.path), blobId) : stagedPath(dirsIn(dir.path), blobId), byteOffset);
    },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describeBlobStore({
  name: 'on disk',
  open: async () => {
    const dir = await makeTempDir(...FOLDERS);
    return await underTest(dir, await openStore(dir.path));
  },
  openSmall: async (roomBytes) => {
    const dir = await makeTempDir(...FOLDERS);
    const store = await openStore(dir.path);
    // The machine's disk is not ours to fill: it looks smaller to the store instead.
    let usedBytes = 0;
    vi.spyOn(store, 'space').mockImplementation(async () => {
      usedBytes = 0;
      for (const name of await readdir(join(dir.path, 'staging')))
        usedBytes += Math.max(0, (await stat(join(dir.path, 'staging', name))).size - FOOTER_BYTES_MAX);
      const freeBytes = roomBytes / 0.98 + CHUNK_BYTES / 2 - usedBytes;
      return { usedBytes: 0, freeBytes, reserveBytes: 0.02 * freeBytes, inodes: null };
    });
    return await underTest(dir, store);
  },
});

describe('on disk', () => {
  test('a blob is a file of its own that is found after the store is opened again', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    const [staged, kept] = [makeBlob(70_000), makeBlob(80_000)];
    {
      await using store = await openStore(dir.path);
      for (const blob of [staged, kept]) await stageBlob(store, blob);
      await store.keep(kept.blobId);
    }
    const file = await readFile(keptPath(dirsIn(dir.path), kept.blobId));
    expect(file.subarray(0, 80_000).equals(kept.bytes)).toBe(true);
    await using store = await openStore(dir.path);
    expect(await store.find(staged.blobId)).toBe('staged');
    expect(await store.find(kept.blobId)).toBe('kept');
    for (const blob of [staged, kept]) expect((await readBlob(store, blob.blobId)).equals(blob.bytes)).toBe(true);
  });

  test('a full disk takes a blob that a record waits for, and no other', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    await using store = await openStore(dir.path);
    vi.spyOn(store, 'space').mockResolvedValue({ usedBytes: 0, freeBytes: 1_000_000, reserveBytes: 1_000_000, inodes: null });
    const blob = makeBlob(70_000);
    await expect(store.stage(blob.blobId, 70_000)).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
    await using writer = await store.stage(blob.blobId, 70_000, { isAwaited: true });
    expect(writer).toBeDefined();
    await expect(store.stage(makeBlob(10).blobId, 440_000, { isAwaited: true })).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
  });

  test('what a crash left unsealed is removed by the next start, and nothing else', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    const sealed = makeBlob(10);
    {
      await using store = await openStore(dir.path);
      await stageBlob(store, sealed);
    }
    await writeFile(partPath(dirsIn(dir.path), newBlobId(), 7), 'half a blob');
    await writeFile(join(dir.path, 'staging', 'notes.txt'), 'of an operator');
    await using _store = await openStore(dir.path);
    expect((await readdir(join(dir.path, 'staging'))).sort()).toEqual([sealed.blobId, 'notes.txt'].sort());
  });

  test('no file is left of a writer that gave up, nor of a store that is closed', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    const blob = makeBlob(3 * 1024 * 1024);
    {
      await using store = await openStore(dir.path);
      await using writer = await store.stage(blob.blobId, blob.bytes.length);
      for (const chunk of blob.chunks) await writer.write(chunk);
      expect(await readdir(join(dir.path, 'staging'))).toHaveLength(1);
    }
    expect(await readdir(join(dir.path, 'staging'))).toEqual([]);
    {
      await using store = await openStore(dir.path);
      await store.stage(blob.blobId, blob.bytes.length);
    }
    expect(await readdir(join(dir.path, 'staging'))).toEqual([]);
  });

  test('a file that lost its end, grew, or is another blob is damaged, at every length of it', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    await using store = await openStore(dir.path);
    const blob = makeBlob(300);
    await stageBlob(store, blob);
    const path = stagedPath(dirsIn(dir.path), blob.blobId);
    const whole = await readFile(path);
    for (let length = 0; length < whole.length; length += 1) {
      await truncate(path, length);
      await expect(readBlob(store, blob.blobId)).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
      await writeFile(path, whole);
    }
    await writeFile(path, Buffer.concat([whole, Buffer.alloc(1)]));
    await expect(readBlob(store, blob.blobId)).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
    await writeFile(path, Buffer.concat([Buffer.alloc(1), whole]));
    await expect(readBlob(store, blob.blobId)).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
    await writeFile(path, whole);
    const other = newBlobId();
    await rename(path, stagedPath(dirsIn(dir.path), other));
    await expect(readBlob(store, other)).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
  });

  test('any flipped bit of a file is found', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    await using store = await openStore(dir.path);
    const blob = makeBlob(200);
    await stageBlob(store, blob);
    const path = stagedPath(dirsIn(dir.path), blob.blobId);
    const { size } = await stat(path);
    for (let at = 0; at < size; at += 1) {
      await flipByte(path, at);
      await expect(readBlob(store, blob.blobId)).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
      await flipByte(path, at);
    }
    expect((await readBlob(store, blob.blobId)).equals(blob.bytes)).toBe(true);
  });

  test('a whole read of a kept blob notes that it was verified, a part of one does not', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    await using store = await openStore(dir.path);
    const blob = makeBlob(2 * CHUNK_BYTES);
    await stageBlob(store, blob);
    await store.keep(blob.blobId);
    await utimes(keptPath(dirsIn(dir.path), blob.blobId), 1_700_000_000, 1_700_000_000);
    await readBlob(store, blob.blobId, 0, 1);
    await readBlob(store, blob.blobId, 1, 1);
    expect(await store.verifiedAtMs(blob.blobId)).toBe(1_700_000_000_000);
    const before = Date.now();
    await readBlob(store, blob.blobId);
    expect(await store.verifiedAtMs(blob.blobId)).toBeGreaterThanOrEqual(before - 50);
  });

  test('reading a staged blob does not make it younger', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    await using store = await openStore(dir.path);
    const blob = makeBlob(10);
    await stageBlob(store, blob);
    await utimes(stagedPath(dirsIn(dir.path), blob.blobId), 1_700_000_000, 1_700_000_000);
    await readBlob(store, blob.blobId);
    for await (const { sealedAtMs } of store.staged()) expect(sealedAtMs).toBe(1_700_000_000_000);
  });

  test('quarantine keeps the bad bytes and the reason', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    await using store = await openStore(dir.path);
    const blob = makeBlob(10);
    await stageBlob(store, blob);
    await store.quarantine(blob.blobId, 'chunk 0 has another checksum');
    const files = (await readdir(join(dir.path, 'quarantine'))).sort();
    expect(files).toHaveLength(2);
    expect((await readFile(join(dir.path, 'quarantine', files[0] ?? ''))).subarray(0, 10).equals(blob.bytes)).toBe(true);
    expect(await readFile(join(dir.path, 'quarantine', files[1] ?? ''), 'utf8')).toBe('chunk 0 has another checksum\n');
  });

  test('receives a bounded number of blobs at once', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    await using store = await openStore(dir.path);
    const staging = await Promise.allSettled(Array.from({ length: 300 }, () => store.stage(newBlobId(), 1)));
    const refused = staging.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(300 - 256);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'NS_BUSY' });
  });

  test('a blob whose shard was kept by another start is kept all the same', async () => {
    await using dir = await makeTempDir(...FOLDERS);
    const blob: TestBlob = makeBlob(10);
    await mkdir(dirname(keptPath(dirsIn(dir.path), blob.blobId)));
    await using store = await openStore(dir.path);
    await stageBlob(store, blob);
    expect(await store.keep(blob.blobId)).toBe(true);
  });
});
