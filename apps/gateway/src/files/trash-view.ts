/** How the nodes' rows of the trash, and what a purge freed, look in the public API. */
import type { PurgeResult, TrashEntry } from '@netstore/shared-types';
import type { Purged, TrashRow } from '@netstore/wire-protocol';

interface Seen {
  readonly graceMs: number;
  /** Whether all that is in it may be read: how much is hidden somewhere below is not told either. */
  readonly isWhole: boolean;
  readonly isReadOnly: boolean;
}

export function trashEntryView(row: TrashRow, { graceMs, isWhole, isReadOnly }: Seen): TrashEntry {
  const { trashId, path, isFile, files, sizeBytes, trashedAtMs, trashedBy } = row;
  return {
    id: String(trashId),
    kind: isFile ? 'file' : 'folder',
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    files: isWhole ? files : null,
    sizeBytes: isWhole ? sizeBytes : null,
    deletedAt: new Date(trashedAtMs).toISOString(),
    deletedBy: trashedBy,
    purgeAt: new Date(trashedAtMs + graceMs).toISOString(),
    ...(isReadOnly ? { isReadOnly } : {}),
  };
}

export function purgeResultView({ entries, files, versions, bytes, isComplete }: Purged): PurgeResult {
  return { entries, files, versions, sizeBytes: bytes, isComplete };
}
