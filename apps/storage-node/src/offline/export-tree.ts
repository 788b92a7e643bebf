/** Writes the tree of every space below a folder, one entry after the other. What cannot be recovered is said and left out. */
import { NetStoreError, type SpaceId } from '@netstore/shared-types';
import type { BlobDirs } from '../blobs/blob-path.ts';
import type { SavedSpace, SavedTree, SavedVersion } from '../catalogue/queries/saved-tree.ts';
import type { EntryState } from '../catalogue/tables/entry-table.ts';
import { exportFile } from './export-file.ts';
import { type ExportFolder, FILES, VERSIONS } from './export-folder.ts';
import type { FileEntry, FolderEntry } from './export-manifest.ts';

export interface ExportTreeOptions {
  readonly tree: SavedTree;
  readonly folder: ExportFolder;
  readonly dirs: BlobDirs;
  /** Older versions too, each in a file of its own. */
  readonly withVersions: boolean;
  readonly onEntry: (entry: FolderEntry | FileEntry) => Promise<void>;
}

/** A folder of a space, and where it is written. */
interface Branch {
  readonly space: SpaceId;
  readonly folderId: number;
  readonly path: string;
  readonly place: string;
}

export class TreeExport {
  readonly #options: ExportTreeOptions;
  readonly #signal: AbortSignal;

  constructor(options: ExportTreeOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async write(spaces: readonly SavedSpace[]): Promise<void> {
    const { folder } = this.#options;
    await folder.makeFolders(FILES);
    for (const { spaceId, rootId } of spaces) {
      const place = await folder.makeFolder(FILES, spaceId);
      await this.#writeBranch({ space: spaceId, folderId: rootId, path: '', place });
    }
  }

  async #writeBranch(branch: Branch): Promise<void> {
    for (const entry of this.#options.tree.childrenOf(branch.folderId)) {
      this.#signal.throwIfAborted();
      if (entry.isFile) await this.#writeFile(branch, entry);
      else await this.#writeFolder(branch, entry);
    }
  }

  async #writeFolder({ space, path: parentPath, place: parent }: Branch, { id, name, modifiedAtMs }: EntryState): Promise<void> {
    const { folder, onEntry } = this.#options;
    const path = pathOf(parentPath, name);
    const place = await folder.makeFolder(parent, name);
    await this.#writeBranch({ space, folderId: id, path, place });
    // Last, since what is made in a folder changes its time.
    await folder.setTime(place, modifiedAtMs);
    await onEntry({ kind: 'folder', space, path, modifiedAt: timeOf(modifiedAtMs), writtenAs: place });
  }

  async #writeFile({ space, path: parentPath, place: parent }: Branch, entry: EntryState): Promise<void> {
    const { tree, withVersions, folder } = this.#options;
    const path = pathOf(parentPath, entry.name);
    const current = tree.currentOf(entry);
    if (current === undefined) throw new NetStoreError('NS_DATA_DIRECTORY', `The catalogue has no version of "${path}" in space ${space}`);
    const place = await this.#writeVersion({ space, path, version: current, isCurrent: true }, [parent, entry.name]);
    if (!withVersions) return;
    const older = tree.versionsOf(entry).filter(({ version }) => version !== current.version);
    if (older.length === 0) return;
    const below = `${VERSIONS}/${place.slice(place.indexOf('/') + 1)}`;
    await folder.makeFolders(below);
    for (const version of older) await this.#writeVersion({ space, path, version, isCurrent: false }, [below, version.version]);
  }

  /** Gives where it was written, or would have been. */
  async #writeVersion(of: VersionOfFile, [parent, name]: readonly [string, string]): Promise<string> {
    const { tree, folder, dirs, onEntry } = this.#options;
    const { version } = of;
    const { place, handle } = await folder.makeFile(parent, name);
    let problem: string | null = null;
    try {
      await exportFile(handle, { ...version, blobs: tree.blobsOf(version.contentId) }, dirs, this.#signal);
    } catch (error) {
      if (!isLoss(error)) throw error;
      problem = error.message;
    } finally {
      await handle.close();
    }
    if (problem === null) await folder.setTime(place, version.createdAtMs);
    else await folder.remove(place);
    await onEntry(entryOf(of, problem === null ? place : null, problem));
    return place;
  }
}

interface VersionOfFile {
  readonly space: SpaceId;
  readonly path: string;
  readonly version: SavedVersion;
  readonly isCurrent: boolean;
}

function entryOf({ space, path, version, isCurrent }: VersionOfFile, writtenAs: string | null, problem: string | null): FileEntry {
  const { version: id, seq, sizeBytes, sha256, contentType, createdAtMs, author } = version;
  return {
    kind: 'file',
    space,
    path,
    version: id,
    isCurrent,
    seq,
    sizeBytes,
    sha256: Buffer.from(sha256).toString('hex'),
    contentType,
    createdAt: timeOf(createdAtMs),
    author,
    writtenAs,
    problem,
  };
}

const LOSSES = new Set(['NS_BLOB_MISSING', 'NS_BLOB_DAMAGED', 'NS_DIGEST_MISMATCH']);

/** These bytes are lost on this disk; every other failure is the export's own and ends it. */
function isLoss(error: unknown): error is NetStoreError {
  return error instanceof NetStoreError && LOSSES.has(error.code);
}

function pathOf(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
