/** Makes this node primary because a person wants it to be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { Replica, ReplicaEvent } from './core/replica.ts';
import type { PrimaryTerm } from './primary-term.ts';

const PATIENCE_MS = 10_000;
const POLL_MS = 50;
/** A pre-vote that was refused is asked for again at this pace. */
const RETRY_MS = 1_200;

export interface PromoteOptions {
  readonly self: NodeId;
  readonly core: Replica;
  readonly replicator: { readonly term: PrimaryTerm | undefined; readonly isMember: boolean };
  /** Why this node's own disk is refused by the others; null when it is not. */
  readonly ownRefusal: string | null;
  /** Whether another full member answers now. */
  readonly reachesMember: () => Promise<boolean>;
  readonly step: (event: ReplicaEvent) => Promise<void>;
}

/**
 * Resolves when this node serves. A primary that is alive is deposed by the higher epoch that a majority promises; what it was about to commit
 * is tried again by those who asked for it. Throws `NS_CONFLICT` for a learner and for a disk that is refused, and `NS_NO_QUORUM` when no majority
 * promises.
 */
export async function promote(options: PromoteOptions, signal: AbortSignal): Promise<{ readonly epoch: number }> {
  const { self, core, replicator, ownRefusal, reachesMember, step } = options;
  if (!replicator.isMember) {
    throw new NetStoreError(
      'NS_CONFLICT',
      `${self} is no full member: its disk has to be taken in first ("netstore node replace ${self}")`,
    );
  }
  if (ownRefusal !== null) throw new NetStoreError('NS_CONFLICT', ownRefusal);
  const epochBefore = core.promised.epoch;
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  for (let standAtMs = 0; performance.now() < giveUpAtMs; ) {
    if (replicator.term?.isServing === true) return { epoch: core.promised.epoch };
    if (core.role === 'secondary' && performance.now() >= standAtMs) {
      standAtMs = performance.now() + RETRY_MS;
      // Pre-votes are refused while the primary is heard, so this node stands without them. Alone it must not: a higher epoch that nobody promised
      // would depose the primary as soon as the others hear of it.
      if (core.isPrimarySilent) await step({ kind: 'stand', cause: 'promoted' });
      else if (await reachesMember()) await step({ kind: 'stand', cause: 'handed-over' });
    }
    await sleep(POLL_MS, undefined, { signal });
  }
  const why = core.waitingFor ?? 'no second full member answers and consents';
  const effect = core.promised.epoch === epochBefore ? '. Nothing was changed' : '';
  throw new NetStoreError('NS_NO_QUORUM', `${self} did not become primary within ${PATIENCE_MS / 1000} s: ${why}${effect}`);
}
