/** GET_ENTRY: one entry and, when asked, the versions of the file. */
import type { FilePath, SpaceId } from '@netstore/shared-types';
import { type EntryRow, type FileVersion, VERSIONS_SHOWN_MAX } from '@netstore/wire-protocol';
import type { Tables } from '../tables/tables.ts';
import { findEntry } from './find-entry.ts';

export interface EntryQuery {
  readonly space: SpaceId;
  readonly path: FilePath;
  readonly withVersions: boolean;
}

/** `versions`: newest first, at most `VERSIONS_SHOWN_MAX`. */
export interface EntryFound {
  readonly entry: EntryRow | null;
  readonly versions: FileVersion[];
}

export function getEntry(tables: Tables, { space, path, withVersions }: EntryQuery): EntryFound {
  const entry = findEntry(tables, space, path);
  if (entry === undefined) return { entry: null, versions: [] };
  const versions = withVersions && entry.isFile ? tables.versions.newestOf(entry, VERSIONS_SHOWN_MAX) : [];
  return { entry: tables.versions.rowOf(entry, path), versions };
}
