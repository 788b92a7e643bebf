/** Move: another name or folder for an entry and all below it. It keeps its versions. */
import type { MoveOperation } from '@netstore/wire-protocol';
import type { Applied, ApplyContext } from './apply-context.ts';
import { findSource, planRoute } from './destination.ts';

export function applyMove(operation: MoveOperation, { tables, tree, stamp }: ApplyContext): Applied {
  if (operation.from === operation.to) {
    const { source, from } = findSource(tree, operation);
    return { entry: tables.versions.rowOf(source, from.path), isCreated: false };
  }
  const { source, to, replaced } = planRoute(tree, tables.entries, operation);

  if (replaced !== undefined) tree.trash(replaced, to, stamp);
  tree.move(source, to, stamp);
  return { entry: tables.versions.rowOf(source, to.path), isCreated: replaced === undefined };
}
