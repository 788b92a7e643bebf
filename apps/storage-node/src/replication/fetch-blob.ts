/** Fetches one blob from whichever peer has it whole, into staging. */
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import { type BlobRef, chunkCountOf } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Peer } from './peers.ts';

const CHUNK_TIMEOUT_MS = 10_000;

/** Where the blob comes to. */
type Receiver = Pick<BlobStore, 'stage'>;

/** Throws `NS_BLOB_MISSING` naming each peer and its reason when none of them gives it. */
export async function fetchBlob(ref: BlobRef, blobs: Receiver, peers: readonly Peer[], signal: AbortSignal): Promise<void> {
  const reasons: string[] = [];
  for (const peer of peers) {
    try {
      await peer.pool.use((connection) => receiveBlob(ref, blobs, connection, signal), { signal });
      return;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toNetStoreError(thrown);
      if (error.code === 'NS_DISK_FULL') throw error;
      reasons.push(`${peer.id}: ${error.code} ${error.message}`);
    }
  }
  throw new NetStoreError('NS_BLOB_MISSING', `No peer gave blob ${ref.blobId}: ${reasons.join('; ')}`);
}

async function receiveBlob(ref: BlobRef, blobs: Receiver, connection: Connection, signal: AbortSignal): Promise<void> {
  const chunkCount = chunkCountOf(ref.lengthBytes);
  await using writer = await blobs.stage(ref.blobId, ref.lengthBytes);
  await connection.send('READ_BLOB', { requestId: '', blobId: ref.blobId, firstChunk: 0, chunkCount });
  for (let index = 0; index < chunkCount; index += 1) {
    await writer.write(await connection.expect('DATA', { timeoutMs: CHUNK_TIMEOUT_MS, signal }));
  }
  await connection.expect('READ_BLOB_END', { timeoutMs: CHUNK_TIMEOUT_MS, signal });
  await writer.seal(ref.crcTableSha256);
}
