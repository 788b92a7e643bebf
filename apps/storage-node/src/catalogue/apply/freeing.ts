/**
 * Frees versions for good, and with them contents that no version has any more and blobs that no content names. One record frees
 * a bounded number of rows, so that no record holds up those behind it; what is left is for a further record.
 */
import type { FileVersion } from '@netstore/wire-protocol';
import type { EntryState, FileState } from '../tables/entry-table.ts';
import type { Tables } from '../tables/tables.ts';
import { GONE_RETENTION_MS } from './gone-retention.ts';

/** Rows that one record frees, in a tenth of a second. A version goes whole: its blobs may be as many as a put can name. */
export const FREED_ROWS_MAX = 2048;
/** Rows looked up at a time. */
const BATCH = 256;

export class Freeing {
  readonly #tables: Tables;
  readonly #goneUntilMs: number;
  #rows = 0;
  files = 0;
  versions = 0;
  bytes = 0;

  constructor(tables: Tables, timeMs: number) {
    this.#tables = tables;
    this.#goneUntilMs = timeMs + GONE_RETENTION_MS;
  }

  get isExhausted(): boolean {
    return this.#rows >= FREED_ROWS_MAX;
  }

  /** Whether the entry is gone, with all below it. */
  freeEntry(entry: EntryState): boolean {
    const isEmpty = entry.isFile ? this.#freeVersions(entry) : this.#freeChildren(entry.id);
    if (!isEmpty) return false;
    this.#tables.entries.remove(entry.id);
    this.#rows += 1;
    this.files += entry.isFile;
    return true;
  }

  freeVersion(file: FileState, { version, contentId, sizeBytes }: FileVersion): void {
    const { versions, contents, debt, gone, unlinks } = this.#tables;
    versions.remove(file, version);
    const { named, freed } = contents.release(contentId);
    for (const blobId of freed) {
      debt.settle(blobId);
      gone.add(blobId, this.#goneUntilMs);
      unlinks.add(blobId);
    }
    this.#rows += 1 + named.length;
    this.versions += 1;
    this.bytes += sizeBytes;
  }

  /** Oldest first, so that a file which is still there has its current version. Whether none is left. */
  #freeVersions(file: FileState): boolean {
    const { versions } = this.#tables;
    for (;;) {
      const oldest = versions.oldestOf(file, BATCH);
      if (oldest.length === 0) return true;
      for (const version of oldest) {
        if (this.isExhausted) return false;
        this.freeVersion(file, version);
      }
    }
  }

  /** Whether none is left. */
  #freeChildren(folderId: number): boolean {
    for (;;) {
      const children = this.#tables.entries.firstChildrenOf(folderId, BATCH);
      if (children.length === 0) return true;
      for (const child of children) {
        if (this.isExhausted || !this.freeEntry(child)) return false;
      }
    }
  }
}
