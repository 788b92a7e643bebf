import { createHash, randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { type BlobId, newUserId } from '@netstore/shared-types';
import { CHUNK_BYTES, ChunkChecksum, crcTableSha256, packCrcTable } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import type { OutgoingBlob } from '../cluster/put-blob.ts';
import { BodyReader } from './body-reader.ts';
import { type StoreBodyOptions, storeBody } from './store-body.ts';
import { SLAB_BYTES, UploadMemory } from './upload-memory.ts';

const { signal } = new AbortController();

interface Scene extends Disposable {
  readonly options: StoreBodyOptions;
  readonly memory: UploadMemory;
  /** Copies of what was sent, in the order of sending. */
  readonly sent: { readonly blob: OutgoingBlob; readonly bytes: Buffer }[];
}

async function scene(settings: {
  readonly slabs: number;
  readonly bodyBytes?: number;
  readonly put?: () => Promise<void>;
}): Promise<Scene> {
  const memory = new UploadMemory({ budgetBytes: settings.slabs * SLAB_BYTES, uploadsPerUserMax: 10 });
  const share = await memory.admit({ user: newUserId(), bodyBytes: settings.bodyBytes, signal });
  const sent: Scene['sent'] = [];
  const putBlob = async (blob: OutgoingBlob): Promise<void> => {
    await settings.put?.();
    sent.push({ blob, bytes: Buffer.concat(blob.chunks.map(({ bytes }) => bytes)) });
  };
  const options = { share, putBlob, staged: [] as BlobId[], requireRoom: () => undefined, signal };
  return { options, memory, sent, [Symbol.dispose]: () => share[Symbol.dispose]() };
}

const bodyOf = (bytes: Buffer, pieceBytes: number): BodyReader => {
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) =>
    bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes),
  );
  return new BodyReader(Readable.from(pieces, { objectMode: false }));
};

describe('a body cut into blobs', () => {
  test.each([
    [0, 1000, 16],
    [1, 1000, 16],
    [CHUNK_BYTES, 1000, 16],
    [CHUNK_BYTES + 1, 7777, 16],
    [SLAB_BYTES, 65_536, 16],
    [5 * SLAB_BYTES + 3, 99_999, 2],
    [5 * SLAB_BYTES + 3, 99_999, 1],
    [20 * SLAB_BYTES, 1_000_000, 8],
  ])('%i bytes in pieces of %i with %i slabs come out whole, and every checksum is right', async (lengthBytes, pieceBytes, slabs) => {
    using stage = await scene({ slabs });
    const content = randomBytes(lengthBytes);
    const stored = await storeBody(bodyOf(content, pieceBytes), stage.options);
    expect(Buffer.concat(stage.sent.map(({ bytes }) => bytes)).equals(content)).toBe(true);
    expect(stored).toMatchObject({ sizeBytes: lengthBytes, sha256: createHash('sha256').update(content).digest('hex') });
    expect(stored.blobs.map(({ blobId }) => blobId)).toEqual(stage.options.staged);
    for (const [index, { blob, bytes }] of stage.sent.entries()) {
      const checksum = new ChunkChecksum(blob.blobId);
      for (const { chunkIndex, crc } of blob.chunks) {
        expect(crc).toBe(checksum.of(chunkIndex, bytes.subarray(chunkIndex * CHUNK_BYTES, (chunkIndex + 1) * CHUNK_BYTES)));
      }
      const table = packCrcTable(blob.chunks.map(({ crc }) => crc));
      expect(stored.blobs[index]).toEqual({ blobId: blob.blobId, lengthBytes: bytes.length, crcTableSha256: crcTableSha256(table) });
    }
    stage.options.share[Symbol.dispose]();
    expect(stage.memory.usedBytes).toBe(0);
  });

  test('has chunks of 64 KiB also after a small first buffer that was too small', async () => {
    using stage = await scene({ slabs: 8, bodyBytes: 1000 });
    const content = randomBytes(500_000);
    await storeBody(bodyOf(content, 30_000), stage.options);
    expect(Buffer.concat(stage.sent.map(({ bytes }) => bytes)).equals(content)).toBe(true);
    for (const { blob } of stage.sent) for (const { bytes } of blob.chunks.slice(0, -1)) expect(bytes.length).toBe(CHUNK_BYTES);
  });

  test('is sent one blob at a time while the next is filled', async () => {
    let sending = 0;
    let sendingMax = 0;
    const put = async (): Promise<void> => {
      sending += 1;
      sendingMax = Math.max(sendingMax, sending);
      await new Promise((resolve) => setTimeout(resolve, 5));
      sending -= 1;
    };
    using stage = await scene({ slabs: 4, put });
    await storeBody(bodyOf(randomBytes(10 * SLAB_BYTES), 50_000), stage.options);
    expect(sendingMax).toBe(1);
  });

  test('fails as soon as a put does, without waiting for more of the body', async () => {
    using stage = await scene({ slabs: 2, put: () => Promise.reject(new Error('disk full')) });
    const stream = new PassThrough();
    stream.write(randomBytes(3 * SLAB_BYTES));
    await expect(storeBody(new BodyReader(stream), stage.options)).rejects.toThrow('disk full');
    expect(stage.options.staged).toHaveLength(1);
  });

  test('has stopped sending when it failed', async () => {
    let isSending = false;
    const put = async (): Promise<void> => {
      isSending = true;
      await new Promise((resolve) => setTimeout(resolve, 50));
      isSending = false;
    };
    using stage = await scene({ slabs: 4, put });
    const stream = new PassThrough();
    stream.write(randomBytes(3 * SLAB_BYTES));
    setTimeout(() => stream.destroy(new Error('gone')), 10);
    await expect(storeBody(new BodyReader(stream), stage.options)).rejects.toMatchObject({ code: 'NS_BODY_LENGTH_MISMATCH' });
    expect(isSending).toBe(false);
    stage.options.share[Symbol.dispose]();
    expect(stage.memory.usedBytes).toBe(0);
  });
});
