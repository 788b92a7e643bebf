/** Deletes entries of the trash for good, in as many requests as that takes. */
import type { PurgeResult } from '@netstore/shared-types';
import type { FilesApi } from '../../api/files-api.ts';

/** What one request may name. */
const IDS_MAX = 1000;

interface Purge {
  readonly space: string;
  readonly ids: readonly string[];
  readonly signal?: AbortSignal;
  /** After each request. */
  readonly onPurged?: (ids: readonly string[], result: PurgeResult) => void;
}

export async function purgeAll(files: Pick<FilesApi, 'purge'>, { space, ids, signal, onPurged }: Purge): Promise<void> {
  for (let at = 0; at < ids.length; at += IDS_MAX) {
    const named = ids.slice(at, at + IDS_MAX);
    const result = await files.purge(space, named, signal);
    onPurged?.(named, result);
  }
}
