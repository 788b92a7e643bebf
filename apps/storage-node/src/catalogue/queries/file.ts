/** GET_FILE and GET_MANIFEST: what to read a version from. */
import type { FilePath, SpaceId, VersionId } from '@netstore/shared-types';
import type { EntryRow, ManifestPage } from '@netstore/wire-protocol';
import type { Tables } from '../tables/tables.ts';
import { findEntry } from './find-entry.ts';

export interface FileQuery {
  readonly space: SpaceId;
  readonly path: FilePath;
  /** Null: the current one. */
  readonly version: VersionId | null;
  readonly firstByte: number;
}

/** `entry.file` is the version asked for; both are null when there is no such file or version. */
export interface FileFound {
  readonly isFolder: boolean;
  readonly entry: EntryRow | null;
  readonly manifest: ManifestPage | null;
}

export function getFile(tables: Tables, { space, path, version, firstByte }: FileQuery): FileFound {
  const entry = findEntry(tables, space, path);
  if (!entry?.isFile) return { isFolder: entry !== undefined, entry: null, manifest: null };
  const file = version === null ? tables.versions.currentOf(entry) : tables.versions.find(entry, version);
  if (file === undefined) return { isFolder: false, entry: null, manifest: null };
  const manifest = tables.contents.pageOf(file.contentId, firstByte) ?? null;
  return { isFolder: false, entry: { path, modifiedAtMs: file.createdAtMs, file, replicas: null }, manifest };
}
