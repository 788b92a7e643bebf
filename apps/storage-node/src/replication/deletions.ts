/** All that ever deletes on this node, together: what proposes it to the log, and what carries it out once it is applied. */
import type { Logger, Metrics } from '@netstore/service-kit';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { ClockAgreement } from './clock-agreement.ts';
import { Discards } from './discards.ts';
import type { Members } from './members.ts';
import type { Peer } from './peers.ts';
import { Purges } from './purges.ts';
import type { Replicator } from './replicator.ts';
import { StagingSweep } from './staging-sweep.ts';
import { Unlinking } from './unlinking.ts';

export interface DeletionsOptions {
  readonly replicator: Replicator;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly peers: readonly Peer[];
  readonly members: Members;
  /** How long an entry stays in the trash. */
  readonly trashGraceMs: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => number;
}

export class Deletions implements AsyncDisposable {
  readonly discards: Discards;
  readonly #stack = new AsyncDisposableStack();

  constructor(options: DeletionsOptions) {
    const { replicator, peers, members, trashGraceMs, metrics, logger, now } = options;
    const putOff = metrics.counter({
      name: 'netstore_deletions_by_age_put_off_total',
      help: 'Times that something was old enough to be deleted and no second member agreed on the time',
    });
    const counts = (peer: Peer['id']): boolean => members.counts(peer);
    const clocks = new ClockAgreement({ peers, counts, now, logger, onDisagreement: () => putOff.inc() });
    this.discards = new Discards(replicator);
    this.#stack.use(new StagingSweep({ ...options, discards: this.discards, counts, clocks }));
    this.#stack.use(new Purges({ ...options, clocks, graceMs: trashGraceMs }));
    this.#stack.use(new Unlinking({ ...options, applier: replicator.applier }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
