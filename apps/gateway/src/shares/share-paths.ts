/** Paths as the holder of a link knows them: below what is shared, which is `''` itself. */
import { type Entry, type FilePath, NetStoreError, parseFolderPath } from '@netstore/shared-types';

/** Segments of `/api/v1/share/files/` before the name. */
export const SEGMENTS_BEFORE_NAME = 4;

/** Throws `NS_BAD_PATH`. */
export function pathInSpace(shared: FilePath, path: string): FilePath {
  return parseFolderPath([shared, parseFolderPath(path)].filter((part) => part !== '').join('/'));
}

export function entryInShare(shared: FilePath, entry: Entry): Entry {
  const path = entry.path === shared ? '' : entry.path.slice(shared === '' ? 0 : shared.length + 1);
  return { ...entry, path };
}

export function targetGone(): NetStoreError {
  return new NetStoreError('NS_LINK_TARGET_GONE', 'What this link leads to was deleted or moved: ask for a new one');
}
