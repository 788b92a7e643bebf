/** What the main thread asks the catalogue about the trash, and about files that purges left to be unlinked. */
import type { BlobId } from '@netstore/shared-types';
import type { CallQueue } from './call-queue.ts';
import { inBatches } from './in-batches.ts';
import type { TrashFound, TrashQuery } from './queries/trash.ts';
import type { TrashName } from './tables/trash-table.ts';

export class Trash {
  readonly #queue: CallQueue;

  constructor(queue: CallQueue) {
    this.#queue = queue;
  }

  /** Last trashed first. Throws `NS_BAD_CURSOR`. */
  page({ space, after, limit }: TrashQuery): Promise<TrashFound> {
    return this.#queue.call(['listTrash', { space, after, limit }]);
  }

  /** Of all spaces: named by a purge and not wholly freed. */
  purging(limit: number): Promise<TrashName[]> {
    return this.#queue.call(['purging', limit]);
  }

  /** Of all spaces, those trashed longest ago first, none that is being purged. */
  trashedBefore(timeMs: number, limit: number): Promise<TrashName[]> {
    return this.#queue.call(['trashedBefore', timeMs, limit]);
  }

  /** Blobs whose files this node has still to unlink: an applied record left them without references. */
  nextUnlinks(limit: number): Promise<BlobId[]> {
    return this.#queue.call(['nextUnlinks', limit]);
  }

  /** Their files are unlinked. */
  async settleUnlinks(blobIds: readonly BlobId[]): Promise<void> {
    for (const ids of inBatches(blobIds)) await this.#queue.call(['settleUnlinks', ids]);
  }

  /** For blobs that were found and should not be there: gives those that a record has let go, and takes their files among the unlinks. */
  async unlinkGone(blobIds: readonly BlobId[]): Promise<ReadonlySet<BlobId>> {
    const gone = new Set<BlobId>();
    for (const ids of inBatches(blobIds)) {
      for (const blobId of await this.#queue.call(['unlinkGone', ids])) gone.add(blobId);
    }
    return gone;
  }
}
