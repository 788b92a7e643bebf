/**
 * Puts checkpoints into the log while this node is primary: what its catalogue is at a record, for every node to compare its own with.
 */
import type { Logger } from '@netstore/service-kit';
import { toNetStoreError } from '@netstore/shared-types';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { isCheckpointDue } from '../log/checkpoint-policy.ts';
import { encodeCheckpoint } from '../log/payload.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Replicator } from './replicator.ts';

const INTERVAL_MS = 1_000;

export interface CheckpointsOptions {
  readonly replicator: Pick<Replicator, 'term'>;
  readonly catalogue: Pick<Catalogue, 'state'>;
  readonly log: Pick<ReplicatedLog, 'bytesFrom'>;
  readonly logger: Logger;
}

export class Checkpoints implements AsyncDisposable {
  readonly #options: CheckpointsOptions;
  readonly #timer: NodeJS.Timeout;
  #proposing: Promise<void> | undefined;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.proposeIfDue(), INTERVAL_MS);
    this.#timer.unref();
  }

  /** One at a time: the next is due so many records behind the last one that was applied. */
  proposeIfDue(): void {
    if (this.#proposing !== undefined || !this.#isDue) return;
    this.#proposing = this.#propose().finally(() => {
      this.#proposing = undefined;
    });
  }

  get #isDue(): boolean {
    const { replicator, catalogue, log } = this.#options;
    if (replicator.term?.isServing !== true) return false;
    const { applied, checkpoints } = catalogue.state;
    return isCheckpointDue({ records: applied.seq - checkpoints.seq, bytes: log.bytesFrom(checkpoints.seq + 1) });
  }

  async #propose(): Promise<void> {
    const { replicator, catalogue, logger } = this.#options;
    const { applied, digest } = catalogue.state;
    try {
      await replicator.term?.proposals.propose('checkpoint', encodeCheckpoint({ seq: applied.seq, digest: Buffer.from(digest, 'hex') }));
      logger.info({ seq: applied.seq, digest }, 'checkpoint is in the log');
    } catch (error) {
      logger.warn({ code: toNetStoreError(error).code, err: error }, 'checkpoint could not be put into the log yet');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#proposing;
  }
}
