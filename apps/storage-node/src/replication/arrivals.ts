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

  /** Whether it is known by now what became of the blob: it has arrived, failed to, or was never under way. */
  async isSettledWithin(blobId: BlobId, limitMs: number): Promise<boolean> {
    if (!this.#underWay.has(blobId)) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, limitMs, false);
    });
    const settled = this.settled(blobId).then(() => true);
    const isSettled = await Promise.race([settled, late]);
    clearTimeout(timer);
    return isSettled;
  }

  /** Resolves when the blob has arrived or failed to, at once when it is not under way. */
  async settled(blobId: BlobId): Promise<void> {
    await this.#underWay.get(blobId)?.catch(() => undefined);
  }
}
