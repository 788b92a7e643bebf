/**
 * Empties the trash by logged operations: no node deletes by its own judgement. Entries go when they have been there for the grace
 * period and a second member's clock agrees; what a purge named and one record could not free is freed by further ones.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { newOperationId, type SpaceId, toNetStoreError, type UserId } from '@netstore/shared-types';
import { PURGE_ENTRIES_MAX } from '@netstore/wire-protocol';
import type { Catalogue, TrashName } from '../catalogue/catalogue.ts';
import type { ClockAgreement } from './clock-agreement.ts';
import type { Replicator } from './replicator.ts';

const INTERVAL_MS = 1_000;
/** Between two records that free much: whoever waits behind them has the node for as long as they had it. */
const PAUSE_MS = 100;
const RETRY_MS = 5_000;
/** After the clocks did not agree. */
const CLOCKS_RETRY_MS = 10_000;
/** Nobody asks for the outcome. */
const RETENTION_MS = 0;
const NOBODY = '0'.repeat(32) as UserId;

export interface PurgesOptions {
  readonly replicator: Replicator;
  readonly catalogue: Catalogue;
  readonly clocks: ClockAgreement;
  /** How long an entry stays in the trash. */
  readonly graceMs: number;
  readonly logger: Logger;
  readonly now: () => number;
}

export class Purges implements AsyncDisposable {
  readonly #options: PurgesOptions;
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;
  #clocksAskedAgainAtMs = 0;

  constructor(options: PurgesOptions) {
    this.#options = options;
    this.#running = this.#run(this.#ended.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await this.#purgeSome(signal);
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Gives how long to wait before the next. */
  async #purgeSome(signal: AbortSignal): Promise<number> {
    const { replicator, catalogue, clocks, graceMs, logger, now } = this.#options;
    if (replicator.term?.isServing !== true) return INTERVAL_MS;
    try {
      const unfinished = await catalogue.trash.purging(PURGE_ENTRIES_MAX);
      if (unfinished.length > 0) {
        await this.#purge(unfinished);
        return PAUSE_MS;
      }
      const old = await catalogue.trash.trashedBefore(now() - graceMs, PURGE_ENTRIES_MAX);
      if (old.length === 0 || performance.now() < this.#clocksAskedAgainAtMs) return INTERVAL_MS;
      if (await clocks.isReached(signal)) await this.#purge(old);
      else this.#clocksAskedAgainAtMs = performance.now() + CLOCKS_RETRY_MS;
      return PAUSE_MS;
    } catch (error) {
      if (!signal.aborted) logger.warn({ code: toNetStoreError(error).code, err: error }, 'the trash could not be emptied yet');
      return RETRY_MS;
    }
  }

  /** One record for each space. */
  async #purge(names: readonly TrashName[]): Promise<void> {
    for (const [space, named] of Map.groupBy(names, ({ spaceId }) => spaceId)) await this.#propose(space, named);
  }

  async #propose(space: SpaceId, names: readonly TrashName[]): Promise<void> {
    const { outcome } = await this.#options.replicator.propose({
      operationId: newOperationId(),
      fingerprint: new Uint8Array(32),
      retentionMs: RETENTION_MS,
      author: NOBODY,
      operation: { kind: 'purge', space, trashIds: names.map(({ trashId }) => trashId) },
    });
    if (!outcome.isAccepted || !('purged' in outcome)) return;
    const { entries, files, versions, bytes } = outcome.purged;
    this.#options.logger.info({ space, entries, files, versions, bytes }, 'entries of the trash were purged');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }
}
