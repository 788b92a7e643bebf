/**
 * The one memory budget of all downloads. Each has two windows of chunks, one on its way to the client and one being read from
 * the nodes; the more downloads there are, the smaller the windows. A window is complete before its bytes go on, so a slow client
 * holds memory, bounded, and never a connection to a node.
 */
import { NetStoreError } from '@netstore/shared-types';
import { BLOB_BYTES_MAX, CHUNK_BYTES } from '@netstore/wire-protocol';

const WINDOWS_PER_DOWNLOAD = 2;
const RETRY_AFTER_SECONDS = 5;

export interface DownloadShare extends Disposable {
  /** Chunks in one window, as crowded as it is now. */
  readonly windowChunks: number;
}

export class DownloadMemory {
  readonly #budgetBytes: number;
  #active = 0;

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
      throw new NetStoreError('NS_BUSY', `Downloads are at their limit: ${downloadsMax} run already`, {
        details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      });
    }
    this.#active += 1;
    const memory = this;
    let isOver = false;
    return {
      get windowChunks() {
        return memory.#windowChunks();
      },
      [Symbol.dispose]: () => {
        if (!isOver) this.#active -= 1;
        isOver = true;
      },
    };
  }

  #windowChunks(): number {
    const windowBytes = Math.min(BLOB_BYTES_MAX, this.#budgetBytes / (WINDOWS_PER_DOWNLOAD * Math.max(1, this.#active)));
    return Math.max(1, Math.floor(windowBytes / CHUNK_BYTES));
  }
}
