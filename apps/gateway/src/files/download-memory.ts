/**
 * The one memory budget of all downloads, in slabs of one chunk. Each download has two windows of chunks, one on its way to the
 * client and one being read from the nodes; the more downloads there are, the smaller the windows. A window is complete before
 * its bytes go on, so a slow client holds memory, bounded, and never a connection to a node.
 *
 * Slabs are used again, because memory that is left to the collector piles up between two collections. They are let go when
 * no download ran for a while.
 */
import { NetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES } from '@netstore/wire-protocol';

const WINDOWS_PER_DOWNLOAD = 2;
/** More is not faster. */
const WINDOW_BYTES_MAX = 2 * 1024 * 1024;
const RETRY_AFTER_SECONDS = 5;
const KEEP_SLABS_FOR_MS = 30_000;

export interface DownloadShare extends Disposable {
  /** Chunks in one window, as crowded as it is now. */
  readonly windowChunks: number;
  /** A buffer of one chunk. */
  takeSlab(): Buffer;
  /** Only when certainly nobody reads it any more; one that is not given back is left to the collector. */
  giveBack(slab: Buffer): void;
}

export class DownloadMemory {
  readonly #budgetBytes: number;
  readonly #spareSlabs: Buffer[] = [];
  #active = 0;
  #spareTimer: NodeJS.Timeout | undefined;

  constructor({ budgetBytes }: { readonly budgetBytes: number }) {
    this.#budgetBytes = budgetBytes;
  }

  get activeDownloads(): number {
    return this.#active;
  }

  /** Throws `NS_BUSY` when not even windows of one chunk fit any more. */
  admit(): DownloadShare {
    const downloadsMax = Math.floor(this.#budgetBytes / (WINDOWS_PER_DOWNLOAD * CHUNK_BYTES));
    if (this.#active >= downloadsMax) {
      const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
      throw new NetStoreError('NS_BUSY', `Downloads are at their limit: ${downloadsMax} run already`, { details });
    }
    this.#active += 1;
    clearTimeout(this.#spareTimer);
    const memory = this;
    let isOver = false;
    return {
      get windowChunks() {
        return memory.#windowChunks();
      },
      takeSlab: () => this.#spareSlabs.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES),
      giveBack: (slab) => this.#keep(slab),
      [Symbol.dispose]: () => {
        if (!isOver) this.#end();
        isOver = true;
      },
    };
  }

  #windowChunks(): number {
    const windowBytes = Math.min(WINDOW_BYTES_MAX, this.#budgetBytes / (WINDOWS_PER_DOWNLOAD * Math.max(1, this.#active)));
    return Math.max(1, Math.floor(windowBytes / CHUNK_BYTES));
  }

  #keep(slab: Buffer): void {
    if (this.#spareSlabs.length < this.#budgetBytes / CHUNK_BYTES) this.#spareSlabs.push(slab);
  }

  #end(): void {
    this.#active -= 1;
    if (this.#active > 0) return;
    this.#spareTimer = setTimeout(() => this.#spareSlabs.splice(0), KEEP_SLABS_FOR_MS).unref();
  }
}
