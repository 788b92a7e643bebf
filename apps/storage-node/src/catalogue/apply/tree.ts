/** The tree of a space while a record is applied: where a path leads, and the few ways to change what is there. */
import { checkFilePath, type FilePath, type SpaceId, splitPath } from '@netstore/shared-types';
import type { EntryState, FileState, FolderState } from '../tables/entry-table.ts';
import type { SpaceState } from '../tables/space-table.ts';
import type { Tables } from '../tables/tables.ts';
import { reject, rejectFailing } from './rejection.ts';
import type { Stamp } from './stamp.ts';

/** Where a path leads, when no file stands in the way. */
export interface Place {
  readonly spaceId: SpaceId;
  readonly path: FilePath;
  readonly name: string;
  /** Undefined until something was written to the space. */
  readonly space: SpaceState | undefined;
  /** The deepest folder on the way that exists; undefined like `space`. */
  readonly folderId: number | undefined;
  /** Folders on the way, from there on, that do not exist. */
  readonly missing: readonly string[];
  readonly entry: EntryState | undefined;
}

export class Tree {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Rejects a path that breaks the rules for names, and one that has a file where a folder is needed. */
  locate(spaceId: SpaceId, text: string): Place {
    const place = this.tryLocate(spaceId, text);
    if ('blocker' in place) reject('NS_PATH_IS_FILE', `A folder is needed where a file is: "${place.blocker}"`);
    return place;
  }

  /** Rejects a path that breaks the rules for names; names the file that stands in the way. */
  tryLocate(spaceId: SpaceId, text: string): Place | { readonly blocker: string } {
    const path = rejectFailing('NS_BAD_PATH', () => checkFilePath(text));
    const names = splitPath(path);
    const name = names.at(-1) ?? '';
    const space = this.#tables.spaces.find(spaceId);
    let folderId = space?.rootId;
    for (const [depth, folderName] of names.slice(0, -1).entries()) {
      const next = folderId === undefined ? undefined : this.#tables.entries.find(folderId, folderName);
      if (next?.isFile) return { blocker: folderName };
      if (next === undefined) return { spaceId, path, name, space, folderId, missing: names.slice(depth, -1), entry: undefined };
      folderId = next.id;
    }
    const entry = folderId === undefined ? undefined : this.#tables.entries.find(folderId, name);
    return { spaceId, path, name, space, folderId, missing: [], entry };
  }

  /** The folder that holds `place`, made with all that is missing above it; marked as changed. */
  openFolder(place: Place, { timeMs }: Stamp): number {
    let folderId = place.folderId ?? this.#addSpace(place.spaceId, timeMs).rootId;
    this.#tables.entries.touch(folderId, timeMs);
    for (const name of place.missing) folderId = this.addFolder(folderId, name, timeMs).id;
    return folderId;
  }

  addFolder(parentId: number | null, name: string, modifiedAtMs: number): FolderState {
    const content = { sizeBytes: 0, contentId: null, versionSeq: null };
    const folder: FolderState = {
      id: this.#tables.meta.takeEntryId(),
      parentId,
      name,
      isFile: 0,
      modifiedAtMs,
      ...content,
      levelsBelow: 0,
      bytesBelow: 0,
    };
    this.#tables.entries.add(folder);
    return folder;
  }

  addFile(parentId: number, name: string, content: Pick<FileState, 'modifiedAtMs' | 'sizeBytes' | 'contentId' | 'versionSeq'>): FileState {
    const file: FileState = { id: this.#tables.meta.takeEntryId(), parentId, name, isFile: 1, ...content, levelsBelow: 0, bytesBelow: 0 };
    this.#tables.entries.add(file);
    return file;
  }

  /** Takes an entry, with all below it, from its folder and puts it at `place`, where nothing is. */
  move(entry: EntryState, place: Place, stamp: Stamp): void {
    this.#leave(entry, stamp);
    this.#tables.entries.attach(entry, this.openFolder(place, stamp), place.name);
  }

  /** Out of sight, with all below it; nothing is freed. */
  trash(entry: EntryState, { space, spaceId, path }: Place, stamp: Stamp): void {
    if (space === undefined) throw new Error(`Entry ${entry.id} is in no space`);
    this.#leave(entry, stamp);
    this.#tables.entries.attach(entry, space.trashId, String(entry.id));
    const { seq: trashId, timeMs: trashedAtMs, author: trashedBy } = stamp;
    this.#tables.trash.add({ trashId, spaceId, entryId: entry.id, path, trashedAtMs, trashedBy });
  }

  /** Out of the trash, with all below it, to `place`, where nothing is. */
  restore(entry: EntryState, place: Place, stamp: Stamp): void {
    this.#tables.entries.attach(entry, this.openFolder(place, stamp), place.name);
  }

  #leave(entry: EntryState, { timeMs }: Stamp): void {
    if (entry.parentId !== null) this.#tables.entries.touch(entry.parentId, timeMs);
  }

  #addSpace(spaceId: SpaceId, timeMs: number): SpaceState {
    const space = { rootId: this.addFolder(null, '', timeMs).id, trashId: this.addFolder(null, 'trash', timeMs).id };
    this.#tables.spaces.add(spaceId, space);
    return space;
  }
}
