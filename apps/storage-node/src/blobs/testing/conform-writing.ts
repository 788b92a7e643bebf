/** What every store of blobs does when it is written to. */
import { newBlobId } from '@netstore/shared-types';
import { BLOB_BYTES_MAX, CHUNK_BYTES } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { makeBlob, readBlob, stageBlob, stagedIds, type TestBlob } from './blob-bytes.ts';
import type { StoreKind } from './store-kind.ts';

export function describeRefusals(kind: StoreKind): void {
  describe(`${kind.name}: a writer`, () => {
    test('refuses chunks that are damaged, out of order or of the wrong length, and goes on with the right one', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(2 * CHUNK_BYTES + 9);
      const [first, second, third] = blob.chunks as [TestBlob['chunks'][0], TestBlob['chunks'][0], TestBlob['chunks'][0]];
      await using writer = await opened.store.stage(blob.blobId, blob.bytes.length);
      await expect(writer.write(second)).rejects.toMatchObject({ code: 'NS_FRAME_MALFORMED' });
      await expect(writer.write({ ...first, bytes: first.bytes.subarray(1) })).rejects.toMatchObject({ code: 'NS_FRAME_MALFORMED' });
      await expect(writer.write({ ...first, crc: first.crc ^ 1 })).rejects.toMatchObject({ code: 'NS_CHECKSUM_MISMATCH' });
      await expect(writer.write({ ...first, bytes: second.bytes })).rejects.toMatchObject({ code: 'NS_CHECKSUM_MISMATCH' });
      await writer.write(first);
      await expect(writer.write(first)).rejects.toMatchObject({ code: 'NS_FRAME_MALFORMED' });
      await writer.write(second);
      await expect(writer.seal(blob.crcTableSha256)).rejects.toMatchObject({ code: 'NS_BODY_LENGTH_MISMATCH' });
      await writer.write(third);
      await expect(writer.write(third)).rejects.toMatchObject({ code: 'NS_FRAME_MALFORMED' });
      await expect(writer.seal(Buffer.alloc(32))).rejects.toMatchObject({ code: 'NS_DIGEST_MISMATCH' });
      await writer.seal(blob.crcTableSha256);
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
    });

    test('refuses chunks of another blob', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(100);
      await using writer = await opened.store.stage(newBlobId(), 100);
      await expect(writer.write(blob.chunks[0] as TestBlob['chunks'][0])).rejects.toMatchObject({ code: 'NS_CHECKSUM_MISMATCH' });
    });

    test.each([0, -1, 1.5, Number.NaN, BLOB_BYTES_MAX + 1])('is not given for %d bytes', async (lengthBytes) => {
      await using opened = await kind.open();
      await expect(opened.store.stage(newBlobId(), lengthBytes)).rejects.toMatchObject({ code: 'NS_FRAME_MALFORMED' });
      await stageBlob(opened.store, makeBlob(1));
    });
  });
}

export function describeWriting(kind: StoreKind): void {
  describe(`${kind.name}: a writer`, () => {
    test('takes no more once it is sealed', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(10);
      await using writer = await opened.store.stage(blob.blobId, 10);
      await writer.write(blob.chunks[0] as TestBlob['chunks'][0]);
      await writer.seal(blob.crcTableSha256);
      await expect(writer.write(blob.chunks[0] as TestBlob['chunks'][0])).rejects.toMatchObject({ code: 'NS_INTERNAL' });
      await expect(writer.seal(blob.crcTableSha256)).rejects.toMatchObject({ code: 'NS_INTERNAL' });
    });

    test('owns its bytes: the caller may overwrite a chunk once it is written', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(3 * CHUNK_BYTES);
      await using writer = await opened.store.stage(blob.blobId, blob.bytes.length);
      const reused = Buffer.alloc(CHUNK_BYTES);
      for (const chunk of blob.chunks) {
        reused.set(chunk.bytes);
        await writer.write({ ...chunk, bytes: reused });
      }
      await writer.seal(blob.crcTableSha256);
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
    });

    test('keeps chunks in order that come faster than it writes', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(40 * CHUNK_BYTES + 1);
      await using writer = await opened.store.stage(blob.blobId, blob.bytes.length);
      await Promise.all([...blob.chunks.map((chunk) => writer.write(chunk)), writer.seal(blob.crcTableSha256)]);
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
    });

    test('may be one of two for the same blob; one that gives up takes nothing from the other', async () => {
      await using opened = await kind.open();
      const blob = makeBlob(2 * CHUNK_BYTES);
      {
        await using slow = await opened.store.stage(blob.blobId, blob.bytes.length);
        await slow.write(blob.chunks[0] as TestBlob['chunks'][0]);
        await stageBlob(opened.store, blob);
      }
      expect(await opened.store.find(blob.blobId)).toBe('staged');
      await Promise.all([stageBlob(opened.store, blob), stageBlob(opened.store, blob)]);
      expect((await readBlob(opened.store, blob.blobId)).equals(blob.bytes)).toBe(true);
      expect(await stagedIds(opened.store)).toEqual([blob.blobId]);
    });
  });
}
