/** Deletes entries of the trash for good: at the server, then on the page, then told to the user. */
import { formatCount } from '../../format/size.ts';
import type { NetStore } from '../../net-store.ts';
import { addPurged, NOTHING_PURGED, type Purged, purgedWords } from './trash-amount.ts';

/** What one request may name. */
const IDS_MAX = 1000;

export interface PurgeOrder {
  readonly space: string;
  readonly ids: readonly string[];
  /** Called with how many of them are done. */
  readonly onProgress: (done: number) => void;
}

/** Never rejects: what could not be purged is told. */
export async function purgeEntries({ files, notices, trash }: NetStore, { space, ids, onProgress }: PurgeOrder): Promise<void> {
  let purged: Purged = NOTHING_PURGED;
  try {
    for (let at = 0; at < ids.length; at += IDS_MAX) {
      const named = ids.slice(at, at + IDS_MAX);
      purged = addPurged(purged, await files.purge(space, named));
      trash.drop(space, new Set(named));
      onProgress(at + named.length);
    }
    notices.done(purgedWords(purged));
  } catch (thrown) {
    const known = purged.entries === 0 ? 'Nothing is' : `Only ${formatCount(purged.entries, 'entry', 'entries')} of ${ids.length} are`;
    notices.problem(`${known} known to be deleted.`, thrown);
    await trash.renew(space);
  }
}
