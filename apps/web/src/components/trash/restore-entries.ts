/** Brings entries back from the trash: at the server, then on the page, then told to the user. */
import type { Entry } from '@netstore/shared-types';
import { formatCount } from '../../format/size.ts';
import { joinPath, parentOf } from '../../names/path.ts';
import type { NetStore } from '../../net-store.ts';
import { putInPlace } from '../list/put-in-place.ts';

/** What was deleted, by the id of that deletion. */
export interface Trashed extends Pick<Entry, 'kind' | 'name' | 'path'> {
  readonly id: string;
}

export interface RestoreOrder {
  readonly space: string;
  /** Last deleted first: what was deleted from a folder before the folder was, goes back into that folder. */
  readonly entries: readonly Trashed[];
  /** Where to; without it, each to where it was. */
  readonly folder?: string | undefined;
  /** Offers to show where they are now. */
  readonly onShow?: (folder: string) => void;
}

/** Never rejects: what could not be restored is told entry by entry. */
export async function restoreEntries(netStore: NetStore, { space, entries, folder, onShow }: RestoreOrder): Promise<void> {
  const { clashes, files, notices, trash } = netStore;
  const ask = clashes.asker(entries.length);
  const restored: Entry[] = [];
  let isTrashOther = false;
  for (const { id, kind, name, path } of entries) {
    const to = folder === undefined ? path : joinPath(folder, name);
    const put = (ifExists: 'fail' | 'replace' | 'keep-both'): Promise<Entry> => {
      isTrashOther ||= ifExists === 'replace';
      return files.restore(space, { trashId: id, to: folder === undefined ? undefined : to, ifExists });
    };
    try {
      const entry = await putInPlace(netStore, { space, kind, to, ask, put });
      if (entry === undefined) continue;
      restored.push(entry);
      trash.drop(space, new Set([id]));
    } catch (thrown) {
      notices.failed(name, 'restored', thrown);
      isTrashOther = true;
    }
  }
  if (isTrashOther) await trash.renew(space);
  const [first] = restored;
  if (first === undefined) return;
  const what = entries.length === 1 ? `“${first.name}”` : formatCount(restored.length, 'entry', 'entries');
  const show = onShow && ({ label: 'Show', onSelect: () => onShow(parentOf(first.path)) } as const);
  notices.done(`${what} restored.`, show);
}
