/** Commit: one operation from a gateway, logged once a quorum can hold it, answered once it is applied here. */
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { BLOBS_MISSING_MAX, type BlobRef, type Commit, type Committed, type EntryRow, unpackBlobRefs } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue, CommittedOutcome } from '../catalogue/catalogue.ts';
import { majorityOf } from '../replication/core/quorum.ts';
import type { Discards } from '../replication/discards.ts';
import { fetchBlob } from '../replication/fetch-blob.ts';
import { untilHeldBy } from '../replication/holders.ts';
import type { Members } from '../replication/members.ts';
import { missingBlobs } from '../replication/missing-blobs.ts';
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
  readonly members: Members;
  readonly discards: Discards;
  readonly now: () => number;
}

export function commitHandler(options: CommitOptions): Handler<'COMMIT'> {
  return async (body, connection, signal) => {
    const { replicator, catalogue, now } = options;
    void replicator.servingTerm;
    if (body.operation.kind === 'discard') throw new NetStoreError('NS_BAD_REQUEST', 'Blobs are let go by ABANDON');
    const before = await catalogue.getOutcome(body.operationId, now());
    if (before !== null && isSameRequest(before, body)) return connection.send('COMMITTED', await repeated(before, options, signal));

    const refs = body.operation.kind === 'put' ? unpackBlobRefs(body.operation.blobs) : [];
    using held = new DisposableStack();
    held.use(options.discards.hold(refs.map((ref) => ref.blobId)));
    const missing = await unobtainable(refs, options, signal);
    if (missing.length > 0) return connection.send('BLOBS_MISSING', { blobIds: missing.slice(0, BLOBS_MISSING_MAX) });

    const { requestId: _, ...payload } = body;
    // The deadline ends the waiting, not the operation: the blobs are held for as long as it may still come to be logged.
    const inLog = held.move();
    const proposed = replicator.propose(payload).finally(() => inLog.dispose());
    await connection.send('COMMITTED', committed(await withDeadline(proposed, COMMIT_TIMEOUT_MS), replicator));
  };
}

export function getOperationHandler({
  replicator,
  catalogue,
  now,
}: Pick<CommitOptions, 'replicator' | 'catalogue' | 'now'>): Handler<'GET_OPERATION'> {
  return async ({ operationId }, connection) => {
    void replicator.servingTerm;
    const outcome = await catalogue.getOutcome(operationId, now());
    if (outcome !== null) return connection.send('COMMITTED', committed(outcome, replicator));
    // That there is none, only the primary of the moment can say.
    await replicator.confirmRead();
    await connection.send('OPERATION_UNKNOWN', {});
  };
}

export function abandonHandler({ discards }: Pick<CommitOptions, 'discards'>): Handler<'ABANDON'> {
  return async ({ blobIds }, connection) => {
    await withDeadline(discards.discard(blobIds), COMMIT_TIMEOUT_MS);
    await connection.send('ABANDONED', {});
  };
}

/**
 * An answer given again promises two copies like the first one did. After the primary died, one of them may be on its disk only: then it is
 * waited for until another member has it. Throws `NS_NO_QUORUM` when that takes too long; the same request later gets the answer.
 */
async function repeated(before: CommittedOutcome, options: CommitOptions, signal: AbortSignal): Promise<Committed> {
  const answer = committed(before, options.replicator);
  const contentId = answer.outcome.isAccepted ? answer.outcome.entry?.file?.contentId : undefined;
  const wanted = majorityOf(answer.replicas.total);
  if (contentId === undefined || answer.replicas.durable >= wanted) return answer;
  const holders = { ...options, peers: options.peers.all };
  const durable = await untilHeldBy(wanted, contentId, holders, { limitMs: COMMIT_TIMEOUT_MS, signal });
  if (durable >= wanted) return { ...answer, replicas: { ...answer.replicas, durable } };
  throw new NetStoreError('NS_NO_QUORUM', `The operation was committed, and ${durable} member holds its bytes now: they are being copied`);
}

function committed(found: CommittedOutcome, replicator: Replicator): Committed {
  const { outcome } = found;
  const known = replicator.copies.of(found.seq);
  // That it was committed just now proves a quorum of copies, also where an older debt keeps a secondary from saying so.
  const durable = found.isReplay ? known.durable : Math.max(known.durable, majorityOf(known.total));
  const replicas = { durable, total: known.total };
  return {
    seq: found.seq,
    epoch: found.epoch,
    fingerprint: found.fingerprint,
    outcome: outcome.isAccepted ? { ...outcome, entry: entryOf(outcome.entry, { seq: found.seq, replicas }, replicator) } : outcome,
    replicas,
    isReplay: found.isReplay,
  };
}

/** The bytes may be older than the record: a copy shares those of its original. */
function entryOf(entry: EntryRow | null, own: Pick<Committed, 'seq' | 'replicas'>, replicator: Replicator): EntryRow | null {
  return entry?.file?.contentId === own.seq ? { ...entry, replicas: own.replicas } : withReplicas(entry, replicator);
}

function isSameRequest(before: CommittedOutcome, { fingerprint }: Commit): boolean {
  return Buffer.compare(before.fingerprint, fingerprint) === 0;
}

/** Blobs that neither this node nor any peer has. What only a peer has is fetched first. */
async function unobtainable(refs: readonly BlobRef[], options: CommitOptions, signal: AbortSignal): Promise<BlobId[]> {
  const blobIds: BlobId[] = [];
  for (const ref of await missingBlobs(refs, options.blobs)) {
    if (!(await isFetched(ref, options, signal))) blobIds.push(ref.blobId);
  }
  return blobIds;
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
