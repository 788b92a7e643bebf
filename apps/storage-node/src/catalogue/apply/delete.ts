/** Delete: to the trash. That nothing is there is what was wanted. */
import type { DeleteOperation } from '@netstore/wire-protocol';
import type { Applied, ApplyContext } from './apply-context.ts';
import { requireExpected } from './expectation.ts';

export function applyDelete({ space, path, expected }: DeleteOperation, { tables, tree, stamp }: ApplyContext): Applied {
  const place = tree.tryLocate(space, path);
  const entry = 'blocker' in place ? undefined : place.entry;
  requireExpected(expected, entry && { version: entry.isFile ? tables.versions.currentOf(entry).version : null });

  if (!('blocker' in place) && entry !== undefined) tree.trash(entry, place, stamp);
  return { entry: null, isCreated: false };
}
