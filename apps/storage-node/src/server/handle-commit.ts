/** Commit: one operation from a gateway, logged once a quorum can hold it, answered once it is applied here. */
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { BLOBS_MISSING_MAX, type BlobRef, type Commit, type Committed, unpackBlobRefs } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue, CommittedOutcome } from '../catalogue/catalogue.ts';
import type { Discards } from '../replication/discards.ts';
import { fetchBlob } from '../replication/fetch-blob.ts';
import type { Peers } from '../replication/peers.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Handler } from './handler.ts';
import { withReplicas } from './show-replicas.ts';

/** How long a commit waits for a second member before it answers that the outcome is unknown. */
const COMMIT_TIMEOUT_MS = 10_000;

export interface CommitOptions {
  readonly replicator: Replicator;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly peers: Peers;
  readonly discards: Discards;
}

export function commitHandler(options: CommitOptions): Handler<'COMMIT'> {
  return async (body, connection, signal) => {
    const { replicator, catalogue } = options;
    void replicator.servingTerm;
    const before = await catalogue.getOutcome(body.operationId);
    if (before === null) {
      const missing = await missingBlobs(body, options, signal);
      if (missing.length > 0) return connection.send('BLOBS_MISSING', { blobIds: missing.slice(0, BLOBS_MISSING_MAX) });
    }
    const { requestId: _, ...payload } = body;
    const outcome = await withDeadline(replicator.propose(payload), COMMIT_TIMEOUT_MS);
    await connection.send('COMMITTED', committed(outcome, replicator));
  };
}

export function getOperationHandler({ replicator, catalogue }: Pick<CommitOptions, 'replicator' | 'catalogue'>): Handler<'GET_OPERATION'> {
  return async ({ operationId }, connection) => {
    void replicator.servingTerm;
    const outcome = await catalogue.getOutcome(operationId);
    if (outcome === null) await connection.send('OPERATION_UNKNOWN', {});
    else await connection.send('COMMITTED', committed(outcome, replicator));
  };
}

export function abandonHandler({ discards }: Pick<CommitOptions, 'discards'>): Handler<'ABANDON'> {
  return async ({ blobIds }, connection) => {
    await withDeadline(discards.discard(blobIds), COMMIT_TIMEOUT_MS);
    await connection.send('ABANDONED', {});
  };
}

function committed(found: CommittedOutcome, replicator: Replicator): Committed {
  const { outcome } = found;
  return {
    seq: found.seq,
    epoch: found.epoch,
    fingerprint: found.fingerprint,
    outcome: outcome.isAccepted ? { ...outcome, entry: withReplicas(outcome.entry, replicator) } : outcome,
    replicas: replicator.replicasOf(found.seq),
    isReplay: found.isReplay,
  };
}

/** Blobs that neither this node nor any peer has. What only a peer has is fetched first. */
async function missingBlobs(body: Commit, options: CommitOptions, signal: AbortSignal): Promise<BlobId[]> {
  if (body.operation.kind !== 'put') return [];
  const missing: BlobId[] = [];
  for (const ref of unpackBlobRefs(body.operation.blobs)) {
    options.discards.refuse(ref.blobId);
    if ((await options.blobs.find(ref.blobId)) === undefined && !(await isFetched(ref, options, signal))) missing.push(ref.blobId);
  }
  return missing;
}

async function isFetched(ref: BlobRef, { blobs, peers }: CommitOptions, signal: AbortSignal): Promise<boolean> {
  try {
    await fetchBlob(ref, blobs, peers.all, signal);
    return true;
  } catch (error) {
    if (error instanceof NetStoreError && error.code === 'NS_BLOB_MISSING') return false;
    throw error;
  }
}

async function withDeadline<Result>(work: Promise<Result>, limitMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new NetStoreError('NS_NO_QUORUM', `No second member held the operation within ${limitMs} ms: it may or may not happen`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
