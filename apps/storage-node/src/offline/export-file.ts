/** One version of a file out of its blobs, with every chunk checked and the SHA-256 of the whole compared. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { NetStoreError } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import type { BlobDirs } from '../blobs/blob-path.ts';
import { toDiskError } from '../log/disk-error.ts';
import { writeFully } from '../log/durable-file.ts';
import { openStoredBlob } from './stored-blob.ts';

export interface FileToExport {
  readonly blobs: readonly BlobRef[];
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
}

/** Throws `NS_BLOB_MISSING`, `NS_BLOB_DAMAGED` and `NS_DIGEST_MISMATCH` when these are not the bytes that were put, and `NS_DISK_FULL`. */
export async function exportFile(handle: FileHandle, file: FileToExport, dirs: BlobDirs, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  let position = 0;
  for (const ref of file.blobs) {
    await using stored = await openStoredBlob(dirs, ref);
    if (stored === undefined) throw new NetStoreError('NS_BLOB_MISSING', `Blob ${ref.blobId} is not on this disk`);
    for await (const bytes of stored.chunks()) {
      signal.throwIfAborted();
      hash.update(bytes);
      await write(handle, bytes, position);
      position += bytes.length;
    }
  }
  const digest = hash.digest();
  if (position === file.sizeBytes && Buffer.compare(digest, file.sha256) === 0) return;
  const expected = Buffer.from(file.sha256).toString('hex');
  throw new NetStoreError(
    'NS_DIGEST_MISMATCH',
    `Its blobs give ${position} bytes with SHA-256 ${digest.toString('hex')}, put were ${file.sizeBytes} with ${expected}`,
  );
}

async function write(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  try {
    await writeFully(handle, bytes, position);
  } catch (error) {
    throw toDiskError(error, 'Writing the export');
  }
}
