/**
 * Which blobs lie in staging/ for certain, because this process sealed them and nobody has moved them since. Each is looked for several times before
 * its record is applied, and every look at a folder is a trip to another thread.
 *
 * Moving and unlinking are trips as well. What is sealed while one of them is under way may have its file taken away by it: nothing is known of that
 * blob then, nor of one that was coming in.
 */
import type { BlobId } from '@netstore/shared-types';

export class SealedBlobs {
  readonly #incoming = new Set<BlobId>();
  readonly #sealed = new Set<BlobId>();
  /** How many moves of the blob are under way. */
  readonly #moving = new Map<BlobId, number>();

  has(blobId: BlobId): boolean {
    return this.#sealed.has(blobId);
  }

  begin(blobId: BlobId): void {
    this.#incoming.add(blobId);
  }

  /** Of the last step of a writer, sealed or not. */
  end(blobId: BlobId, { isSealed }: { readonly isSealed: boolean }): void {
    const isKnown = this.#incoming.delete(blobId) && !this.#moving.has(blobId);
    if (isSealed && isKnown) this.#sealed.add(blobId);
  }

  /** Runs what moves or unlinks the blob. */
  async moving<Result>(blobId: BlobId, run: () => Promise<Result>): Promise<Result> {
    this.#moving.set(blobId, (this.#moving.get(blobId) ?? 0) + 1);
    this.#forget(blobId);
    try {
      return await run();
    } finally {
      const others = (this.#moving.get(blobId) ?? 1) - 1;
      if (others > 0) this.#moving.set(blobId, others);
      else this.#moving.delete(blobId);
      this.#forget(blobId);
    }
  }

  #forget(blobId: BlobId): void {
    this.#incoming.delete(blobId);
    this.#sealed.delete(blobId);
  }
}
