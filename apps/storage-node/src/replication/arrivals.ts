/** Blobs that are being received now, so that whoever misses one waits for it instead of fetching it a second time. */
import type { BlobId } from '@netstore/shared-types';

export class Arrivals {
  readonly #underWay = new Map<BlobId, Promise<unknown>>();

  /** Remembers `receiving` until it has ended. */
  async track<Result>(blobId: BlobId, receiving: Promise<Result>): Promise<Result> {
    this.#underWay.set(blobId, receiving);
    try {
      return await receiving;
    } finally {
      if (this.#underWay.get(blobId) === receiving) this.#underWay.delete(blobId);
    }
  }

  /** Resolves when the blob has arrived or failed to, at once when it is not under way. */
  async settled(blobId: BlobId): Promise<void> {
    await this.#underWay.get(blobId)?.catch(() => undefined);
  }
}
