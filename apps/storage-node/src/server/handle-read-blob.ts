/** Read blob: chunks from this node's disk, each checked before it is sent. A bad copy is moved aside and fetched again. */

import type { Logger } from '@netstore/service-kit';
import { NetStoreError } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Quarantine } from '../repair/quarantine.ts';
import type { Handler } from './handler.ts';

export interface ReadBlobOptions {
  readonly blobs: BlobStore;
  readonly quarantine: Quarantine;
  readonly logger: Logger;
}

export function readBlobHandler({ blobs, quarantine, logger }: ReadBlobOptions): Handler<'READ_BLOB'> {
  return async ({ blobId, firstChunk, chunkCount, requestId }, connection) => {
    try {
      for await (const chunk of blobs.read(blobId, firstChunk, chunkCount)) await connection.sendData(chunk);
      await connection.send('READ_BLOB_END', {});
    } catch (error) {
      if (error instanceof NetStoreError && (error.code === 'NS_BLOB_DAMAGED' || error.code === 'NS_BLOB_MISSING')) {
        logger.debug({ blobId, requestId, code: error.code, reason: error.message }, 'blob cannot be served from this replica');
        await quarantine.take(blobId, error, 'read');
      }
      throw error;
    }
  };
}
