/** Puts one blob on the nodes: PUT_BLOB, its chunks, PUT_BLOB_END, and waits until two full members hold it. */
import type { BlobId } from '@netstore/shared-types';
import type { Chunk } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { StorageNodes } from './storage-nodes.ts';

/** For the whole conversation: 8 MiB at 1 MiB/s and two syncs fit. */
const HELD_WITHIN_MS = 15_000;

/** A blob that is complete in memory, so that it can be sent again. */
export interface OutgoingBlob {
  readonly blobId: BlobId;
  readonly lengthBytes: number;
  readonly chunks: readonly Chunk[];
  /** 32 bytes. */
  readonly crcTableSha256: Uint8Array;
}

export interface PutBlobOptions {
  readonly requestId: string;
  readonly signal?: AbortSignal;
}

/**
 * Resolves when the blob is held: then any one node may be lost and the blob is still there, so the bytes may be let go before the commit.
 * Until then they must not change: they may be sent more than once.
 */
export async function putBlob(nodes: StorageNodes, blob: OutgoingBlob, { requestId, signal }: PutBlobOptions): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await nodes.askPrimary(async (connection, attempt) => {
    // The answer is awaited from the start: FAILURE may come while the chunks are still on their way.
    const held = connection.expect('BLOB_HELD', { timeoutMs: HELD_WITHIN_MS, signal: attempt.signal });
    await Promise.all([sendBlob(connection, blob, { requestId, signal: attempt.signal }), held]);
  }, options);
}

/** Under its own id also to the next primary, which may hold it already: the same bytes, so that its copy is replaced by an equal one. */
async function sendBlob(connection: Connection, blob: OutgoingBlob, { requestId, signal }: PutBlobOptions): Promise<void> {
  await connection.send('PUT_BLOB', { requestId, epoch: null, blobId: blob.blobId, lengthBytes: blob.lengthBytes }, signal);
  for (const chunk of blob.chunks) await connection.sendData(chunk, signal);
  await connection.send('PUT_BLOB_END', { crcTableSha256: blob.crcTableSha256 }, signal);
}
