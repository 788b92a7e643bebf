/** Make-folder: an empty folder, and those on the way to it. */
import type { MakeFolderOperation } from '@netstore/wire-protocol';
import type { Applied, ApplyContext } from './apply-context.ts';
import { reject } from './rejection.ts';

export function applyMakeFolder({ space, path }: MakeFolderOperation, { tables, tree, stamp }: ApplyContext): Applied {
  const place = tree.locate(space, path);
  if (place.entry?.isFile === 1) reject('NS_PATH_IS_FILE', `A file is there: "${place.name}"`);
  if (place.entry?.isFile === 0) reject('NS_ALREADY_EXISTS', `The folder exists already: "${place.name}"`);

  const folder = tree.addFolder(tree.openFolder(place, stamp), place.name, stamp.timeMs);
  return { entry: tables.versions.rowOf(folder, place.path), isCreated: true };
}
