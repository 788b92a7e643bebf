/** Lets the beginning of this node's log go, once the catalogue holds for good what it said and nobody near needs it any more. */
import type { Logger } from '@netstore/service-kit';
import { toNetStoreError } from '@netstore/shared-types';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { SnapshotShelf } from '../catalogue/snapshot/snapshot-shelf.ts';
import { removableSegments } from '../log/compaction-policy.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Replicator } from './replicator.ts';

const INTERVAL_MS = 60_000;

export interface CompactionOptions {
  readonly replicator: Pick<Replicator, 'term'>;
  readonly catalogue: Pick<Catalogue, 'state' | 'checkpoint'>;
  readonly log: Pick<ReplicatedLog, 'segments' | 'base' | 'compact'>;
  readonly shelf: Pick<SnapshotShelf, 'neededSeq'>;
  readonly logger: Logger;
}

export class Compaction implements AsyncDisposable {
  readonly #options: CompactionOptions;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor(options: CompactionOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.compactIfDue(), INTERVAL_MS);
    this.#timer.unref();
  }

  compactIfDue(): Promise<void> {
    this.#running ??= this.#compact().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #compact(): Promise<void> {
    const { catalogue, log, logger } = this.#options;
    const { applied } = catalogue.state;
    if (this.#removable(applied.seq) === 0) return;
    try {
      // Only now are applied records safe from a power cut without the log.
      await catalogue.checkpoint();
      await log.compact(this.#removable(applied.seq));
      logger.info({ baseSeq: log.base.seq }, 'the beginning of the log was let go');
    } catch (error) {
      logger.warn({ code: toNetStoreError(error).code, err: error }, 'the log could not be made shorter yet');
    }
  }

  #removable(durableSeq: number): number {
    const { replicator, catalogue, log, shelf } = this.#options;
    const connected = replicator.term?.progress.filter(({ isConnected }) => isConnected) ?? [];
    const acknowledgedSeq = Math.min(durableSeq, shelf.neededSeq ?? durableSeq, ...connected.map(({ ackedSeq }) => ackedSeq ?? 0));
    return removableSegments({
      segments: log.segments,
      durableSeq,
      checkpointBeforeSeq: catalogue.state.checkpoints.beforeSeq,
      acknowledgedSeq,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
