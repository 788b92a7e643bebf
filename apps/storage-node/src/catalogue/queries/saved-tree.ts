/** The whole tree of every space, for whoever reads a catalogue that no node has open. Bounded in memory, however large a folder is. */
import type { SpaceId } from '@netstore/shared-types';
import { type BlobRef, unpackBlobRefs } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import { idText } from '../id-bytes.ts';
import type { EntryState } from '../tables/entry-table.ts';
import { fileVersionOf, VERSION_COLUMNS, type VersionRow } from '../tables/version-table.ts';

/** Rows that are read at once. */
const PAGE_ROWS = 1000;

export interface SavedSpace {
  readonly spaceId: SpaceId;
  readonly rootId: number;
}

export interface SavedTotals {
  readonly files: number;
  readonly bytes: number;
}

export type SavedVersion = ReturnType<typeof fileVersionOf> & {
  /** The record that made it. */
  readonly seq: number;
};

export class SavedTree {
  readonly #spaces: Statement<[], { spaceId: Uint8Array; rootId: number }>;
  readonly #root: Statement<[number], EntryState>;
  readonly #children: Statement<[number, string, number], EntryState>;
  readonly #current: Statement<[number, number], VersionRow>;
  readonly #versions: Statement<[number], VersionRow>;
  readonly #runs: Statement<[number], Uint8Array>;
  readonly #totals: Statement<[number], SavedTotals>;

  constructor(database: Database) {
    const columns = 'id, parentId, name, isFile, modifiedAtMs, sizeBytes, contentId, versionSeq, levelsBelow, bytesBelow';
    this.#spaces = database.prepare('SELECT spaceId, rootId FROM spaces ORDER BY spaceId');
    this.#root = database.prepare(`SELECT ${columns} FROM entries WHERE id = ?`);
    this.#children = database.prepare(
      `SELECT ${columns} FROM entries INDEXED BY entries_by_path WHERE parentId = ? AND name > ? ORDER BY name LIMIT ?`,
    );
    const select = `SELECT ${VERSION_COLUMNS} FROM versions v JOIN contents c ON c.contentId = v.contentId`;
    this.#current = database.prepare(`${select} WHERE v.entryId = ? AND v.seq = ?`);
    this.#versions = database.prepare(`${select} WHERE v.entryId = ? ORDER BY v.seq DESC`);
    this.#runs = database.prepare<[number], Uint8Array>('SELECT blobs FROM manifests WHERE contentId = ? ORDER BY offsetBytes').pluck();
    this.#totals = database.prepare(
      `WITH RECURSIVE below (id, isFile, sizeBytes) AS (
         SELECT id, isFile, sizeBytes FROM entries WHERE parentId = ?
         UNION ALL SELECT e.id, e.isFile, e.sizeBytes FROM entries e JOIN below b ON e.parentId = b.id)
       SELECT count(*) AS files, coalesce(sum(sizeBytes), 0) AS bytes FROM below WHERE isFile = 1`,
    );
  }

  spaces(): SavedSpace[] {
    return this.#spaces.all().map(({ spaceId, rootId }) => ({ spaceId: idText<SpaceId>(spaceId), rootId }));
  }

  root({ rootId }: SavedSpace): EntryState | undefined {
    return this.#root.get(rootId);
  }

  /** Its current files, the trash left out. */
  totals({ rootId }: SavedSpace): SavedTotals {
    return this.#totals.get(rootId) ?? { files: 0, bytes: 0 };
  }

  /** In the order of their names' code points. */
  *childrenOf(folderId: number): Generator<EntryState> {
    for (let after = ''; ; ) {
      const page = this.#children.all(folderId, after, PAGE_ROWS);
      yield* page;
      if (page.length < PAGE_ROWS) return;
      after = page.at(-1)?.name ?? '';
    }
  }

  /** Undefined when the catalogue contradicts itself. */
  currentOf({ id, versionSeq }: EntryState): SavedVersion | undefined {
    const row = this.#current.get(id, versionSeq ?? 0);
    return row && savedVersionOf(row);
  }

  /** Newest first. */
  versionsOf({ id }: EntryState): SavedVersion[] {
    return this.#versions.all(id).map(savedVersionOf);
  }

  /** In the order of the file. */
  blobsOf(contentId: number): BlobRef[] {
    return this.#runs.all(contentId).flatMap(unpackBlobRefs);
  }
}

function savedVersionOf(row: VersionRow): SavedVersion {
  return { ...fileVersionOf(row), seq: row.seq };
}
