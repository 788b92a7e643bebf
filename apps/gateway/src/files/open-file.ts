/** Finds one version of a file for reading: its entry, and where its manifest begins. */
import { type FilePath, NetStoreError, type SpaceId, type VersionId } from '@netstore/shared-types';
import type { EntryRow, FileVersion, ManifestPage } from '@netstore/wire-protocol';
import { getFile } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { notFound } from './not-found.ts';

export interface FileQuestion {
  readonly requestId: string;
  readonly space: SpaceId;
  readonly path: FilePath;
  /** `null`: the current one. */
  readonly version: VersionId | null;
  /** The newest state that the client has seen. */
  readonly minSeq: number | null;
}

export interface OpenedFile {
  readonly entry: EntryRow;
  readonly file: FileVersion;
  /** The page that holds the file's first byte. */
  readonly manifest: ManifestPage;
  /** The state in which the file was found. */
  readonly appliedSeq: number;
  /** The answer came from a node that may not know the newest state. */
  readonly isStale: boolean;
}

/** Throws `NS_NOT_FOUND`, also for a version that is not there, and `NS_PATH_IS_FOLDER`. */
export async function openFile(nodes: StorageNodes, question: FileQuestion, signal: AbortSignal): Promise<OpenedFile> {
  const { entry, manifest, isFolder, appliedSeq, isStale } = await getFile(nodes, { ...question, firstByte: 0 }, signal);
  if (isFolder) throw new NetStoreError('NS_PATH_IS_FOLDER', 'A folder has no content to read');
  if (entry === null || entry.file === null || manifest === null) throw notFound('file', isStale);
  return { entry, file: entry.file, manifest, appliedSeq, isStale };
}
