/** Copy: the current versions of a file, or of all files below a folder, as new files that share the bytes. */
import type { FilePath } from '@netstore/shared-types';
import { COPY_ENTRIES_MAX, type CopyOperation } from '@netstore/wire-protocol';
import type { EntryState, EntryTable, FileState } from '../tables/entry-table.ts';
import type { Applied, ApplyContext } from './apply-context.ts';
import { planRoute } from './destination.ts';
import { requireRoom } from './quota.ts';
import { reject } from './rejection.ts';

/** An entry to copy, after the folder it is in. */
interface Original {
  readonly entry: EntryState;
  readonly name: string;
  /** Which of the originals is the folder it is in; undefined for the first. */
  readonly folder: number | undefined;
}

export function applyCopy(operation: CopyOperation, context: ApplyContext): Applied {
  const { tables, tree, stamp } = context;
  const { source, to, replaced } = planRoute(tree, tables.entries, operation);
  const originals = collect(source, to.name, tables.entries);
  const bytes = originals.reduce((sum, { entry }) => sum + entry.sizeBytes, 0);
  requireRoom(operation, bytes, tables);

  if (replaced !== undefined) tree.trash(replaced, to, stamp);
  const folderId = tree.openFolder(to, stamp);
  const copies: EntryState[] = [];
  let files = 0;
  for (const { entry, name, folder } of originals) {
    const parentId = folder === undefined ? folderId : (copies[folder]?.id ?? folderId);
    copies.push(entry.isFile ? copyFile(entry, { parentId, name, ordinal: files }, context) : tree.addFolder(parentId, name, stamp.timeMs));
    files += entry.isFile;
  }
  tables.spaces.use(operation.space, bytes, files);
  return { entry: rowOfFirst(copies, to.path, context), isCreated: replaced === undefined };
}

/** The source first, then level by level, names in order: the order that ids and versions are given in. */
function collect(source: EntryState, name: string, entries: EntryTable): Original[] {
  const originals: Original[] = [{ entry: source, name, folder: undefined }];
  for (let folder = 0; folder < originals.length; folder += 1) {
    const { entry } = originals[folder] as Original;
    if (entry.isFile) continue;
    for (const child of entries.childrenOf(entry.id)) {
      if (originals.length === COPY_ENTRIES_MAX)
        reject('NS_TOO_MANY_ENTRIES', `A copy may make ${COPY_ENTRIES_MAX} entries, this one has more`);
      originals.push({ entry: child, name: child.name, folder });
    }
  }
  return originals;
}

interface NewPlace {
  readonly parentId: number;
  readonly name: string;
  readonly ordinal: number;
}

function copyFile(original: FileState, { parentId, name, ordinal }: NewPlace, { tables, tree, stamp }: ApplyContext): FileState {
  const { seq, timeMs, author } = stamp;
  const { contentId, contentType } = tables.versions.currentOf(original);
  const file = tree.addFile(parentId, name, { modifiedAtMs: timeMs, sizeBytes: original.sizeBytes, contentId, versionSeq: seq });
  tables.contents.share(contentId);
  tables.versions.add({ entryId: file.id, seq, ordinal, contentId, contentType, createdAtMs: timeMs, author });
  return file;
}

function rowOfFirst(copies: readonly EntryState[], path: FilePath, { tables }: ApplyContext): Applied['entry'] {
  const [first] = copies;
  return first === undefined ? null : tables.versions.rowOf(first, path);
}
