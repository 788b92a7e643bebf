/** Where a move, a copy or what comes back from the trash ends up: the rules they share. */
import { FILE_PATH_BYTES_MAX, FILE_PATH_DEPTH_MAX, type FilePath, type IfExists, splitPath } from '@netstore/shared-types';
import type { CopyOperation, MoveOperation, RestoreOperation } from '@netstore/wire-protocol';
import type { EntryState, EntryTable } from '../tables/entry-table.ts';
import { nextName } from './kept-name.ts';
import { reject } from './rejection.ts';
import type { Place, Tree } from './tree.ts';

/** Names that keep-both tries before it gives up. */
const NAMES_TRIED_MAX = 10_000;

export interface Route {
  readonly source: EntryState;
  readonly from: Place;
  /** Where nothing is, or will be once `replaced` is gone. */
  readonly to: Place;
  readonly replaced: EntryState | undefined;
}

/** The entry to move or copy. */
export function findSource(tree: Tree, operation: MoveOperation | CopyOperation): { readonly source: EntryState; readonly from: Place } {
  const from = tree.tryLocate(operation.space, operation.from);
  if ('blocker' in from || from.entry === undefined) reject('NS_NOT_FOUND', 'Nothing is at the path to take it from');
  return { source: from.entry, from };
}

/** Rejects what cannot go there, by name, place or length. */
export function planRoute(tree: Tree, entries: EntryTable, operation: MoveOperation | CopyOperation): Route {
  const { source, from } = findSource(tree, operation);
  const wanted = tree.locate(operation.space, operation.to);
  if (isBelow(wanted.path, from.path)) reject('NS_CONFLICT', `"${from.name}" cannot go below itself`);
  const to = settle(wanted, { source, from, entries, ifExists: operation.ifExists });
  return { source, from, to, replaced: to.entry };
}

/** Where `source` comes back to, from a place that no path leads to. */
export function planReturn(tree: Tree, entries: EntryTable, { source, to, operation }: Return): Place {
  return settle(tree.locate(operation.space, to), { source, from: undefined, entries, ifExists: operation.ifExists });
}

export interface Return {
  readonly source: EntryState;
  readonly to: FilePath;
  readonly operation: RestoreOperation;
}

interface Settlement {
  readonly source: EntryState;
  /** Undefined when no path leads to it. */
  readonly from: Place | undefined;
  readonly entries: EntryTable;
  readonly ifExists: IfExists;
}

/** Where `source` may go when `wanted` is asked for: there, or beside what is there. */
function settle(wanted: Place, settlement: Settlement): Place {
  const to = wanted.entry === undefined ? wanted : settleExisting(wanted, settlement);
  requireShortPaths(to.path, settlement.source);
  return to;
}

function settleExisting(wanted: Place, { source, from, entries, ifExists }: Settlement): Place {
  switch (ifExists) {
    case 'fail':
      return reject('NS_ALREADY_EXISTS', `Something is there already: "${wanted.name}"`);
    case 'keep-both':
      return findFreeName(wanted, source, entries);
    case 'replace': {
      if (wanted.path === from?.path) reject('NS_CONFLICT', `"${wanted.name}" cannot replace itself`);
      if (from !== undefined && isBelow(from.path, wanted.path)) reject('NS_CONFLICT', `"${from.name}" cannot replace the folder it is in`);
      if (source.isFile && wanted.entry?.isFile === 0) reject('NS_PATH_IS_FOLDER', `A file cannot replace a folder: "${wanted.name}"`);
      if (!source.isFile && wanted.entry?.isFile === 1) reject('NS_PATH_IS_FILE', `A folder cannot replace a file: "${wanted.name}"`);
      return wanted;
    }
  }
}

function findFreeName(wanted: Place, source: EntryState, entries: EntryTable): Place {
  const { folderId, path } = wanted;
  if (folderId === undefined) return wanted;
  const folderPath = path.slice(0, path.length - wanted.name.length);
  let { name } = wanted;
  for (let tried = 0; tried < NAMES_TRIED_MAX; tried += 1) {
    name = nextName(name, source.isFile === 1);
    if (entries.find(folderId, name) === undefined) return { ...wanted, name, path: `${folderPath}${name}` as FilePath, entry: undefined };
  }
  return reject('NS_ALREADY_EXISTS', `No number is free for another "${wanted.name}"`);
}

/** Every path below has to stay within the rules too. */
function requireShortPaths(path: FilePath, { levelsBelow, bytesBelow }: EntryState): void {
  const bytes = Buffer.byteLength(path) + (bytesBelow === 0 ? 0 : bytesBelow + 1);
  if (bytes > FILE_PATH_BYTES_MAX)
    reject('NS_BAD_PATH', `A path would have up to ${bytes} bytes, at most ${FILE_PATH_BYTES_MAX} are allowed`);
  const levels = splitPath(path).length + levelsBelow;
  if (levels > FILE_PATH_DEPTH_MAX)
    reject('NS_BAD_PATH', `A path would be up to ${levels} levels deep, at most ${FILE_PATH_DEPTH_MAX} are allowed`);
}

function isBelow(path: FilePath, folder: FilePath): boolean {
  return path.startsWith(`${folder}/`);
}
