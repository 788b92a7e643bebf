/** What is at a path now. A path that breaks the rules for names leads nowhere. */
import { type FilePath, type SpaceId, splitPath } from '@netstore/shared-types';
import type { EntryState } from '../tables/entry-table.ts';
import type { Tables } from '../tables/tables.ts';

/** The root, whether or not anything was ever written to the space: a space is there as soon as somebody may see it. */
const EMPTY_ROOT: EntryState = {
  id: 0,
  parentId: null,
  name: '',
  isFile: 0,
  modifiedAtMs: 0,
  sizeBytes: 0,
  contentId: null,
  versionSeq: null,
  levelsBelow: 0,
  bytesBelow: 0,
};

export function findEntry({ spaces, entries }: Tables, spaceId: SpaceId, path: FilePath): EntryState | undefined {
  const space = spaces.find(spaceId);
  let entry: EntryState | undefined = (space && entries.get(space.rootId)) ?? EMPTY_ROOT;
  for (const name of splitPath(path)) {
    entry = entries.find(entry.id, name);
    if (entry === undefined) return undefined;
  }
  return entry;
}
