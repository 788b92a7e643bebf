/** What a candidate asks of those that promised: records of the log that it lacks, and whether they have the blobs of some. */
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import { BLOB_STATES, LOG_APPEND_RECORDS_BYTES_MAX, unpackBlobIds } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import { blobStatesOf } from '../replication/blob-states.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Handlers } from './handler.ts';

export interface RecoveryHandlerOptions {
  readonly self: NodeId;
  readonly replicator: Replicator;
  readonly blobs: BlobStore;
}

export function recoveryHandlers({ self, replicator, blobs }: RecoveryHandlerOptions): Pick<Handlers, 'GET_LOG' | 'GET_BLOB_STATES'> {
  return {
    GET_LOG: async ({ fromSeq, bytesMax }, connection) => {
      const { tail } = replicator;
      const previous = await tail.positionAt(fromSeq - 1);
      if (fromSeq < 1 || previous === undefined)
        throw new NetStoreError('NS_BAD_REQUEST', `Log of ${self} has records 1 to ${tail.last.seq}, asked from ${fromSeq}`);
      const records = await tail.read(fromSeq, Math.min(bytesMax, LOG_APPEND_RECORDS_BYTES_MAX));
      await connection.send('LOG_RECORDS', { prevHash: previous.hash, records: Buffer.concat(records.map(({ encoded }) => encoded)) });
    },
    GET_BLOB_STATES: async ({ blobIds }, connection) => {
      const states = await blobStatesOf(unpackBlobIds(blobIds), blobs, replicator.arrivals);
      await connection.send('BLOB_STATES', { states: Uint8Array.from(states, (state) => BLOB_STATES.indexOf(state)) });
    },
  };
}
