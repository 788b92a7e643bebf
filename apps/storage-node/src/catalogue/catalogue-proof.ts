/** What the main thread asks to know whether the catalogue is what the log makes of it: its digests, and the proof that its rows agree with them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sha256 } from '@netstore/shared-types';
import type { CallQueue } from './call-queue.ts';
import type { CensusTaken } from './calls.ts';

/** A quarter of the thread's time, and no question waits longer than a slice. */
const SLICE_MS = 5;
const PAUSE_MS = 15;

export class CatalogueProof {
  readonly #queue: CallQueue;
  /** One at a time. */
  #proving: Promise<unknown> = Promise.resolve();

  constructor(queue: CallQueue) {
    this.#queue = queue;
  }

  /** The digest of `Catalogue.state`, behind all that was asked before. */
  digest(): Promise<Sha256> {
    return this.#queue.call(['digest']);
  }

  /** Null when `seq` was applied by an earlier process, too many records ago, or not yet. */
  digestAt(seq: number): Promise<Sha256 | null> {
    return this.#queue.call(['digestAt', seq]);
  }

  /** The digest, and the blobs that are referred to and held, at one seq. Takes as long as `digest`. */
  census(): Promise<CensusTaken> {
    return this.#queue.call(['census']);
  }

  /**
   * Reads every row and proves that the rows are those that the digest counts, beside all other work; gives their number. Throws
   * `NS_CATALOGUE_DAMAGED` when they are not: they are in quarantine then, and the process is ended.
   */
  verify(signal: AbortSignal): Promise<number> {
    const proved = this.#proving.then(() => this.#prove(signal));
    this.#proving = proved.catch(() => undefined);
    return proved;
  }

  async #prove(signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    let progress = await this.#queue.call(['proveRows', true, SLICE_MS]);
    try {
      while (!progress.isDone) {
        await sleep(PAUSE_MS, undefined, { signal });
        progress = await this.#queue.call(['proveRows', false, SLICE_MS]);
      }
      return progress.rows;
    } finally {
      if (!progress.isDone) await this.#queue.call(['endProof']).catch(() => undefined);
    }
  }
}
