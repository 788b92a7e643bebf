/** What every store of blobs does to prove what it holds and to put it in order. */
import type { BlobId } from '@netstore/shared-types';
import { type BlobRef, CHUNK_BYTES } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { makeBlob, readBlob, stageBlob, type TestBlob } from './blob-bytes.ts';
import type { StoreKind } from './store-kind.ts';

/** The clock of file times moves in steps. */
const CLOCK_STEP_MS = 50;

export function describeProving(kind: StoreKind): void {
  describe(`${kind.name}: proving a blob`, () => {
    const refOf = ({ blobId, bytes, crcTableSha256 }: TestBlob): BlobRef => ({ blobId, lengthBytes: bytes.length, crcTableSha256 });

    test('is quiet about what is as the log says, wherever it is', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(17 * CHUNK_BYTES + 50);
      await stageBlob(opened.store, blob);
      await opened.store.verify(refOf(blob));
      await opened.store.keep(blob.blobId);
      await opened.store.verify(refOf(blob));
    });

    test('finds one wrong bit in any chunk', async () => {
      for (const damagedChunk of [0, 7, 17]) {
        await using opened = await kind.open();
        const blob = makeBlob(17 * CHUNK_BYTES + 50);
        await stageBlob(opened.store, blob);
        await opened.store.keep(blob.blobId);
        await opened.damage(blob, damagedChunk * CHUNK_BYTES + 3);
        await expect(opened.store.verify(refOf(blob))).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED', details: { blobId: blob.blobId } });
      }
    });

    test('finds a whole file that is not the one that was committed', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(100);
      await stageBlob(opened.store, makeBlob(100, blob.blobId));
      await opened.store.keep(blob.blobId);
      await expect(opened.store.verify(refOf(blob))).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
      await expect(opened.store.verify({ ...refOf(blob), lengthBytes: 99 })).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
    });

    test('says what is missing', async () => {
      await using opened = await kind.open();
      await expect(opened.store.verify(refOf(makeBlob(1)))).rejects.toMatchObject({ code: 'NS_BLOB_MISSING' });
    });
  });

  describe(`${kind.name}: kept blobs`, () => {
    test('are listed by the first two digits of their ids, in order', async () => {
      await using opened = await kind.open();
      const ids = ['00ff', 'abff', 'ab00', 'acff'].map((start) => start.padEnd(32, '0') as BlobId);
      for (const blobId of ids) {
        await stageBlob(opened.store, makeBlob(1, blobId));
        await opened.store.keep(blobId);
      }
      await stageBlob(opened.store, makeBlob(1, 'ab77'.padEnd(32, '0') as BlobId));
      expect(await opened.store.kept('ab')).toEqual({ blobIds: [ids[2], ids[1]], foreign: [] });
      expect(await opened.store.kept('01')).toEqual({ blobIds: [], foreign: [] });
    });

    test('go back to staging when nothing refers to them, as if they were sealed then', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(10);
      expect(await opened.store.unkeep(blob.blobId)).toBe(false);
      await stageBlob(opened.store, blob);
      expect(await opened.store.unkeep(blob.blobId)).toBe(false);
      await opened.store.keep(blob.blobId);
      const before = Date.now() - CLOCK_STEP_MS;
      expect(await opened.store.unkeep(blob.blobId)).toBe(true);
      expect(await opened.store.find(blob.blobId)).toBe('staged');
      for await (const { sealedAtMs } of opened.store.staged()) expect(sealedAtMs).toBeGreaterThanOrEqual(before);
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
    });
  });
}
