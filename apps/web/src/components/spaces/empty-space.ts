/** Empties a space that is being deleted: into the trash first, and out of it when somebody has been told what is in it. */
import type { FilesApi } from '../../api/files-api.ts';

/** What one request may name. */
const IDS_MAX = 1000;
const PAGE_ENTRIES = 250;

/** Everything at the top of the space, with what is below it. How many entries that were. */
export async function trashAll(files: Pick<FilesApi, 'list' | 'remove'>, space: string, signal: AbortSignal): Promise<number> {
  let moved = 0;
  for (;;) {
    // What was moved is not in the listing any more: the first page is always the next one.
    const listing = { space, folder: '', sort: 'name', order: 'asc' } as const;
    const { entries } = await files.list(listing, { cursor: null, limit: PAGE_ENTRIES }, signal);
    if (entries.length === 0) return moved;
    for (const { path } of entries) await files.remove(space, path, signal);
    moved += entries.length;
  }
}

export async function purgeAll(files: Pick<FilesApi, 'purge'>, space: string, ids: readonly string[], signal: AbortSignal): Promise<void> {
  for (let at = 0; at < ids.length; at += IDS_MAX) await files.purge(space, ids.slice(at, at + IDS_MAX), signal);
}
