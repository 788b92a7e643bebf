/** Restore: an entry of the trash, with all below it and all its versions, back to where it was or to another path. */
import type { RestoreOperation } from '@netstore/wire-protocol';
import type { Applied, ApplyContext } from './apply-context.ts';
import { planReturn } from './destination.ts';
import { reject } from './rejection.ts';

export function applyRestore(operation: RestoreOperation, { tables, tree, stamp }: ApplyContext): Applied {
  const trashed = tables.trash.find(operation.trashId);
  const isThere = trashed !== undefined && trashed.spaceId === operation.space && !trashed.isPurging;
  if (!isThere) reject('NS_NOT_FOUND', 'It is not in the trash: it was restored or purged');
  const source = tables.entries.get(trashed.entryId);
  if (source === undefined) throw new Error(`Entry ${trashed.entryId} is in the trash and nowhere else`);
  const to = planReturn(tree, tables.entries, { source, to: operation.to ?? trashed.path, operation });

  if (to.entry !== undefined) tree.trash(to.entry, to, stamp);
  tree.restore(source, to, stamp);
  tables.trash.remove(trashed.trashId);
  return { entry: tables.versions.rowOf(source, to.path), isCreated: to.entry === undefined };
}
