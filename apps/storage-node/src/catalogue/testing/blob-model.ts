/** What contents and blobs are meant to be: who refers to what, and what may never be referred to again. */
import type { BlobId } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';

export class BlobModel {
  /** Versions that have each content, and the blobs it consists of. */
  readonly contents = new Map<number, { refs: number; readonly blobIds: readonly BlobId[] }>();
  /** How often contents name each blob. */
  readonly blobs = new Map<BlobId, { refs: number; readonly bytes: string }>();
  readonly gone = new Set<BlobId>();

  /** False, and nothing is added, when a blob is known with other bytes or was let go. */
  add(contentId: number, refs: readonly BlobRef[]): boolean {
    const named = new Map<BlobId, string>();
    for (const ref of refs) {
      const known = this.blobs.get(ref.blobId)?.bytes ?? named.get(ref.blobId) ?? bytesOf(ref);
      if (known !== bytesOf(ref) || this.gone.has(ref.blobId)) return false;
      named.set(ref.blobId, known);
    }
    for (const ref of refs) this.blobs.set(ref.blobId, { bytes: bytesOf(ref), refs: (this.blobs.get(ref.blobId)?.refs ?? 0) + 1 });
    this.contents.set(contentId, { refs: 1, blobIds: refs.map(({ blobId }) => blobId) });
    return true;
  }

  share(contentId: number): void {
    const content = this.contents.get(contentId);
    if (content !== undefined) content.refs += 1;
  }

  release(contentId: number): void {
    const content = this.contents.get(contentId);
    if (content === undefined) throw new Error(`The model has no content ${contentId}`);
    content.refs -= 1;
    if (content.refs > 0) return;
    this.contents.delete(contentId);
    for (const blobId of content.blobIds) this.#releaseBlob(blobId);
  }

  /** Blobs that nothing refers to, from now on for ever. */
  letGo(blobIds: readonly BlobId[]): void {
    for (const blobId of blobIds) if (!this.blobs.has(blobId)) this.gone.add(blobId);
  }

  #releaseBlob(blobId: BlobId): void {
    const blob = this.blobs.get(blobId);
    if (blob === undefined) throw new Error(`The model has no blob ${blobId}`);
    blob.refs -= 1;
    if (blob.refs > 0) return;
    this.blobs.delete(blobId);
    this.gone.add(blobId);
  }
}

function bytesOf({ lengthBytes, crcTableSha256 }: BlobRef): string {
  return `${lengthBytes} ${Buffer.from(crcTableSha256).toString('hex')}`;
}
