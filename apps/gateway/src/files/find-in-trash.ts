/** Whether anything of a folder lies in the trash, which is known by the path that it had. */
import { type FilePath, isWithin, type SpaceId } from '@netstore/shared-types';
import { listTrash } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';

export interface TrashQuestion {
  readonly requestId: string;
  readonly space: SpaceId;
  readonly path: FilePath;
}

const PAGE = 1000;
/** A longer trash is not read to its end. */
const PAGES_MAX = 20;

/** Of the path, of what is below it, or of a folder that it is in. True as well when it cannot be said. */
export async function mayBeInTrash(nodes: StorageNodes, { requestId, space, path }: TrashQuestion): Promise<boolean> {
  let after: string | null = null;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const question = { requestId, space, after, limit: PAGE, minSeq: null };
    const { entries, next, isStale } = await listTrash(nodes, question, new AbortController().signal);
    if (isStale || entries.some((row) => isWithin(row.path, path) || isWithin(path, row.path))) return true;
    if (next === null) return false;
    after = next;
  }
  return true;
}
