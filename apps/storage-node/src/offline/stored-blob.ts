/** Reads the file of a blob in a data directory that no node has open. Notes nothing on the disk, unlike the store of blobs. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import { type BlobRef, CHUNK_BYTES } from '@netstore/wire-protocol';
import { type BlobDirs, keptPath, stagedPath } from '../blobs/blob-path.ts';
import { readChunks, readFooter } from '../blobs/blob-reader.ts';
import { requireSealedAs } from '../blobs/verify-file.ts';
import { toDiskError, unlessAbsent } from '../log/disk-error.ts';

export interface StoredBlob extends AsyncDisposable {
  readonly path: string;
  /**
   * Every chunk, checked, of the bytes that the log names. Throws `NS_BLOB_DAMAGED` with `details` `{ blobId, offset }`. The bytes of a
   * chunk may be overwritten once the next one is asked for.
   */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
}

/** Undefined when it is neither kept nor staged. */
export async function openStoredBlob(dirs: BlobDirs, ref: BlobRef): Promise<StoredBlob | undefined> {
  for (const path of [keptPath(dirs, ref.blobId), stagedPath(dirs, ref.blobId)]) {
    const handle = await openFile(path);
    if (handle !== undefined) return { path, chunks: () => chunksOf(handle, ref), [Symbol.asyncDispose]: () => handle.close() };
  }
  return undefined;
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await unlessAbsent(() => open(path, constants.O_RDONLY));
  } catch (error) {
    throw toDiskError(error, `Opening ${path}`);
  }
}

async function* chunksOf(handle: FileHandle, ref: BlobRef): AsyncGenerator<Uint8Array> {
  let offset = 0;
  try {
    const footer = await readFooter(handle, ref.blobId);
    requireSealedAs(ref, footer);
    for await (const { bytes } of readChunks(handle, ref.blobId, footer, { firstChunk: 0, chunkCount: footer.crcs.length })) {
      yield bytes;
      offset += CHUNK_BYTES;
    }
  } catch (thrown) {
    const { code, message } = toNetStoreError(thrown);
    throw new NetStoreError(code, message, { cause: thrown, details: { blobId: ref.blobId, offset } });
  }
}
