/** What every store of blobs does when it is read. */
import { newBlobId } from '@netstore/shared-types';
import { BLOB_BYTES_MAX, CHUNK_BYTES } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { makeBlob, readBlob, stageBlob, stagedIds } from './blob-bytes.ts';
import type { StoreKind } from './store-kind.ts';

const LENGTHS = [
  1,
  CHUNK_BYTES - 1,
  CHUNK_BYTES,
  CHUNK_BYTES + 1,
  16 * CHUNK_BYTES,
  16 * CHUNK_BYTES + 5,
  33 * CHUNK_BYTES + 7,
  BLOB_BYTES_MAX,
];

export function describeReading(kind: StoreKind): void {
  describe(`${kind.name}: a blob`, () => {
    test.each(LENGTHS)('of %i bytes reads back as it was written', async (lengthBytes) => {
      await using opened = await kind.open();
      const blob = makeBlob(lengthBytes);
      await stageBlob(opened.store, blob);
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
      expect(await opened.store.keep(blob.blobId)).toBe(true);
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
    });

    test('is read from any chunk on, as far as asked and no further than it goes', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(20 * CHUNK_BYTES + 100);
      await stageBlob(opened.store, blob);
      for (const [first, count] of [
        [0, 1],
        [5, 3],
        [15, 2],
        [16, 1],
        [19, 5],
        [20, 1],
        [3, 128],
      ] as const) {
        const bytes = await readBlob(opened.store, blob.blobId, first, count);
        expect(bytes.equals(blob.bytes.subarray(first * CHUNK_BYTES, (first + count) * CHUNK_BYTES))).toBe(true);
      }
      expect(await readBlob(opened.store, blob.blobId, 21, 1)).toHaveLength(0);
    });

    test('leaves the sixteen chunks before it whole while one is held', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(40 * CHUNK_BYTES);
      await stageBlob(opened.store, blob);
      const held: Uint8Array[] = [];
      for await (const { chunkIndex, bytes } of opened.store.read(blob.blobId, 0, 128)) {
        held.push(bytes);
        const first = Math.max(0, chunkIndex - 16);
        expect(Buffer.concat(held.slice(first)).equals(blob.bytes.subarray(first * CHUNK_BYTES, (chunkIndex + 1) * CHUNK_BYTES))).toBe(
          true,
        );
      }
      expect(held).toHaveLength(40);
    });

    test('that is not here is missing, before the first chunk', async () => {
      await using opened = await kind.open();
      await expect(readBlob(opened.store, newBlobId())).rejects.toMatchObject({ code: 'NS_BLOB_MISSING' });
      expect(await opened.store.find(newBlobId())).toBeUndefined();
      expect(await opened.store.verifiedAtMs(newBlobId())).toBeUndefined();
    });

    test('is not here before it is sealed, and nothing of it when it never is', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(3 * CHUNK_BYTES);
      {
        await using writer = await opened.store.stage(blob.blobId, blob.bytes.length);
        for (const chunk of blob.chunks) await writer.write(chunk);
        expect(await opened.store.find(blob.blobId)).toBeUndefined();
        expect(await stagedIds(opened.store)).toEqual([]);
      }
      expect(await opened.store.find(blob.blobId)).toBeUndefined();
      await expect(readBlob(opened.store, blob.blobId)).rejects.toMatchObject({ code: 'NS_BLOB_MISSING' });
    });
  });
}
