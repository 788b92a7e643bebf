/** Deletes entries of the trash for good: at the server, then on the page, then told to the user. */
import type { PurgeResult } from '@netstore/shared-types';
import { formatCount } from '../../format/size.ts';
import type { NetStore } from '../../net-store.ts';
import { purgeAll } from './purge-all.ts';
import { addPurged, NOTHING_PURGED, type Purged, purgedWords } from './trash-amount.ts';

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
    let done = 0;
    const onPurged = (named: readonly string[], result: PurgeResult): void => {
      purged = addPurged(purged, result);
      trash.drop(space, new Set(named));
      done += named.length;
      onProgress(done);
    };
    await purgeAll(files, { space, ids, onPurged });
    notices.done(purgedWords(purged));
  } catch (thrown) {
    const known = purged.entries === 0 ? 'Nothing is' : `Only ${formatCount(purged.entries, 'entry', 'entries')} of ${ids.length} are`;
    notices.problem(`${known} known to be deleted.`, thrown);
    await trash.renew(space);
  }
}
