/** What this node lacks, and which files that may touch. */
import type { BlobId } from '@netstore/shared-types';
import type { Debt } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Tables } from '../tables/tables.ts';

/** Where counting files stops: more than this is "very many" to everyone. */
export const FILES_COUNTED_MAX = 100_000;

export function getDebt({ debt, meta }: Tables): Debt {
  const lowest = debt.lowestSeq();
  return { ...debt.total(), heldSeq: lowest === undefined ? meta.applied.seq : lowest - 1 };
}

/** Blobs that turned out bad or gone. Those that no content refers to are no debt. Gives those that were none before. */
export function addDebt({ debt, contents }: Tables, blobIds: readonly BlobId[]): BlobId[] {
  return blobIds.filter((blobId) => {
    const blob = contents.findBlob(blobId);
    return blob !== undefined && debt.add(blobId, blob.contentId, blob.lengthBytes);
  });
}

interface FolderCount {
  readonly parentId: number;
  readonly files: number;
}

/** Counts the live files whose current content is of a record above `seq`; those in the trash are left out. */
export class RecentFiles {
  readonly #tables: Tables;
  readonly #byFolder: Statement<[number, number], FolderCount>;

  constructor(database: Database, tables: Tables) {
    this.#tables = tables;
    this.#byFolder = database.prepare(
      `SELECT parentId, count(*) AS files FROM
       (SELECT parentId FROM entries INDEXED BY entries_by_content WHERE contentId > ? LIMIT ?) GROUP BY parentId`,
    );
  }

  /** At most `FILES_COUNTED_MAX`. */
  countAbove(seq: number): number {
    const known = new Map<number, boolean>();
    let total = 0;
    for (const { parentId, files } of this.#byFolder.all(seq, FILES_COUNTED_MAX)) {
      if (this.#isLive(parentId, known)) total += files;
    }
    return total;
  }

  /** Climbs to the root of the space or of its trash; `known` spares the way that was climbed before. */
  #isLive(folderId: number, known: Map<number, boolean>): boolean {
    const climbed: number[] = [];
    let at = this.#tables.entries.get(folderId);
    while (at !== undefined && at.parentId !== null && !known.has(at.id)) {
      climbed.push(at.id);
      at = this.#tables.entries.get(at.parentId);
    }
    const isLive = at !== undefined && (known.get(at.id) ?? at.name === '');
    for (const id of climbed) known.set(id, isLive);
    return isLive;
  }
}
