/** How the nodes' rows of the trash, and what a purge freed, look in the public API. */
import type { PurgeResult, TrashEntry } from '@netstore/shared-types';
import type { Purged, TrashRow } from '@netstore/wire-protocol';

export function trashEntryView({ trashId, path, isFile, files, sizeBytes, trashedAtMs, trashedBy }: TrashRow, graceMs: number): TrashEntry {
  return {
    id: String(trashId),
    kind: isFile ? 'file' : 'folder',
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    files,
    sizeBytes,
    deletedAt: new Date(trashedAtMs).toISOString(),
    deletedBy: trashedBy,
    purgeAt: new Date(trashedAtMs + graceMs).toISOString(),
  };
}

export function purgeResultView({ entries, files, versions, bytes, isComplete }: Purged): PurgeResult {
  return { entries, files, versions, sizeBytes: bytes, isComplete };
}
