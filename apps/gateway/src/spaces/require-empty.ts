/**
 * Whether nothing is left in a space: no file, no folder and nothing in the trash. Only the primary's answer counts, which knows of everything that
 * was acknowledged. First the root, then the trash: what is deleted in between is found there, and nothing is put back into a space that is ending.
 */
import { NetStoreError, parseFolderPath, type SpaceId } from '@netstore/shared-types';
import { listEntries, listTrash } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';

/** As many as a refusal counts. */
const COUNTED_MAX = 100;

interface AskedSpace {
  readonly requestId: string;
  readonly space: SpaceId;
}

/** Throws `NS_CONFLICT`, which says what is left, and `NS_UNAVAILABLE` when nobody can tell now. */
export async function requireEmpty(nodes: StorageNodes, { requestId, space }: AskedSpace, signal: AbortSignal): Promise<void> {
  const page = { requestId, space, after: null, limit: COUNTED_MAX, minSeq: null };
  const root = await listEntries(nodes, { ...page, folder: parseFolderPath(''), sort: 'name', order: 'asc' }, signal);
  requirePresent(root.isStale);
  if (root.entries.length > 0) {
    throw new NetStoreError('NS_CONFLICT', `The space is not empty, ${counted(root.entries.length)} at its top: delete them first`);
  }
  const trash = await listTrash(nodes, page, signal);
  requirePresent(trash.isStale);
  if (trash.entries.length > 0) {
    throw new NetStoreError(
      'NS_CONFLICT',
      `The trash of the space is not empty, ${counted(trash.entries.length)} in it: purge them or wait until their time is over`,
    );
  }
}

function requirePresent(isStale: boolean): void {
  if (isStale)
    throw new NetStoreError('NS_UNAVAILABLE', 'Whether the space is empty can be told by the primary alone, which does not answer');
}

function counted(entries: number): string {
  if (entries === 1) return 'one entry is';
  return `${entries === COUNTED_MAX ? `${COUNTED_MAX} entries or more` : `${entries} entries`} are`;
}
