/**
 * Which blobs lie in staging/ for certain, because this process sealed them and nobody has moved them since. Each is looked for several times before
 * its record is applied, and every look at a folder is a trip to another thread.
 */
import type { BlobId } from '@netstore/shared-types';

export class SealedBlobs {
  /** Coming in: what is moved or unlinked meanwhile, by way of an earlier copy, is not sure of its place when it is sealed. */
  readonly #incoming = new Set<BlobId>();
  readonly #sealed = new Set<BlobId>();

  has(blobId: BlobId): boolean {
    return this.#sealed.has(blobId);
  }

  begin(blobId: BlobId): void {
    this.#incoming.add(blobId);
  }

  /** Of the last step of a writer, sealed or not. */
  end(blobId: BlobId, { isSealed }: { readonly isSealed: boolean }): void {
    if (this.#incoming.delete(blobId) && isSealed) this.#sealed.add(blobId);
  }

  /** Before a blob is moved or unlinked. */
  forget(blobId: BlobId): void {
    this.#incoming.delete(blobId);
    this.#sealed.delete(blobId);
  }
}
