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
  readonly step: (event: ReplicaEvent) => Promise<void>;
}

/**
 * Resolves when this node serves. A primary that is alive is deposed by the higher epoch that a majority promises; what it was about to commit
 * is tried again by those who asked for it. Throws `NS_CONFLICT` for a learner and `NS_NO_QUORUM` when no majority promises.
 */
export async function promote({ self, core, replicator, step }: PromoteOptions, signal: AbortSignal): Promise<{ readonly epoch: number }> {
  if (!replicator.isMember) {
    throw new NetStoreError(
      'NS_CONFLICT',
      `${self} is no full member: its disk has to be taken in first ("netstore node replace ${self}")`,
    );
  }
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  for (let standAtMs = 0; performance.now() < giveUpAtMs; ) {
    if (replicator.term?.isServing === true) return { epoch: core.promised.epoch };
    if (core.role === 'secondary' && performance.now() >= standAtMs) {
      standAtMs = performance.now() + RETRY_MS;
      // With the primary there is a majority; without one it has to be found first.
      await step({ kind: 'stand', cause: core.isPrimarySilent ? 'promoted' : 'handed-over' });
    }
    await sleep(POLL_MS, undefined, { signal });
  }
  throw new NetStoreError(
    'NS_NO_QUORUM',
    `${self} did not become primary within ${PATIENCE_MS / 1000} s: ${core.waitingFor ?? 'no second full member answers and consents'}. Nothing was changed`,
  );
}
