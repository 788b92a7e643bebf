/**
 * Unlinks the files of blobs that applied records left without references. What is to be unlinked stands in the catalogue since the
 * record was applied: a node that was down, or died in between, goes on where it was.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { type BlobId, toNetStoreError } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Applier } from './applier.ts';

/** Asked for at once. */
const BATCH = 256;
/** Files unlinked side by side: the threads for files have better to do. */
const AT_ONCE = 2;
/** The catalogue is asked no more often than this: purges are few, and records many. */
const INTERVAL_MS = 500;
const RETRY_MS = 10_000;

export interface UnlinkingOptions {
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly applier: Applier;
  readonly logger: Logger;
}

export class Unlinking implements AsyncDisposable {
  readonly #options: UnlinkingOptions;
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: UnlinkingOptions) {
    this.#options = options;
    this.#running = this.#run(this.#ended.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { applier, logger } = this.#options;
    let isSearched = false;
    while (!signal.aborted) {
      const { count } = applier.changed;
      let pauseMs = INTERVAL_MS;
      try {
        if (!isSearched) await this.#searchStaging();
        isSearched = true;
        while (!signal.aborted && (await this.#unlinkSome()));
        await applier.changed.after(count, { signal });
      } catch (error) {
        if (!signal.aborted) logger.warn({ code: toNetStoreError(error).code, err: error }, 'freed blobs could not be unlinked yet');
        pauseMs = RETRY_MS;
      }
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** What a record let go while its bytes were still on their way here, or while this node died. */
  async #searchStaging(): Promise<void> {
    const { blobs, catalogue } = this.#options;
    const staged: BlobId[] = [];
    for await (const { blobId } of blobs.staged()) staged.push(blobId);
    await catalogue.trash.unlinkGone(staged);
  }

  /** Whether there may be more. */
  async #unlinkSome(): Promise<boolean> {
    const { blobs, catalogue } = this.#options;
    const freed = await catalogue.trash.nextUnlinks(BATCH);
    for (let at = 0; at < freed.length; at += AT_ONCE) {
      await Promise.all(freed.slice(at, at + AT_ONCE).map((blobId) => blobs.unlink(blobId)));
    }
    await catalogue.trash.settleUnlinks(freed);
    return freed.length === BATCH;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }
}
