/**
 * Purge: entries of the trash, for good. All that the record names are out of reach from here on; what one record does not manage
 * to free, further ones of the same names do. What is not in the trash is left alone: it was restored, or is gone already.
 */
import type { PurgeOperation } from '@netstore/wire-protocol';
import type { TrashState } from '../tables/trash-table.ts';
import type { Applied, ApplyContext } from './apply-context.ts';
import { Freeing } from './freeing.ts';

export function applyPurge({ space, trashIds }: PurgeOperation, { tables, stamp }: ApplyContext): Applied {
  const { trash, entries, spaces } = tables;
  const named = [...new Set(trashIds)].flatMap((trashId) => trash.find(trashId) ?? []).filter(({ spaceId }) => spaceId === space);
  for (const { trashId, isPurging } of named) {
    if (!isPurging) trash.setPurging(trashId);
  }
  const freeing = new Freeing(tables, stamp.timeMs);
  const isFreed = ({ entryId }: TrashState): boolean => {
    const entry = entries.get(entryId);
    if (entry === undefined) throw new Error(`Entry ${entryId} is in the trash and nowhere else`);
    return freeing.freeEntry(entry);
  };
  const left = named.findIndex((trashed) => !isFreed(trashed));
  const freed = left === -1 ? named : named.slice(0, left);
  for (const { trashId } of freed) trash.remove(trashId);

  const { files, versions, bytes } = freeing;
  spaces.use(space, -bytes, -files);
  return { entry: null, isCreated: false, purged: { entries: named.length, files, versions, bytes, isComplete: left === -1 } };
}
