/** The first half of emptying a space that is being deleted: what is in it goes out of the trash when somebody has been told what that is. */
import type { FilesApi } from '../../api/files-api.ts';

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
