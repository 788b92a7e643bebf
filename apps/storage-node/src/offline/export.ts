/** Writes all files of a data directory that no node has open into a folder, from that directory alone. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NetStoreError, type SpaceId, toNetStoreError } from '@netstore/shared-types';
import { CatalogueCopy } from '../catalogue/catalogue-copy.ts';
import { SavedTree } from '../catalogue/queries/saved-tree.ts';
import { scanLog } from '../log/scan-log.ts';
import type { DataPaths } from '../membership/data-directory.ts';
import { checkMembership } from './check-membership.ts';
import type { ExportFolder } from './export-folder.ts';
import { type FileEntry, type FolderEntry, ManifestWriter } from './export-manifest.ts';
import { TreeExport } from './export-tree.ts';
import { replayLog } from './replay-log.ts';
import { syncTrees } from './sync-trees.ts';

/** The way out when this disk cannot say what it holds. */
const OTHER_DISK = 'Export from the disk of another node: each node has all files';
const WORK_FOLDER = '.netstore-export';

export interface ExportOptions {
  readonly paths: DataPaths;
  readonly folder: ExportFolder;
  readonly withVersions: boolean;
  /** Undefined: all. */
  readonly space: SpaceId | undefined;
  readonly onProgress: (line: ExportProgress) => Promise<void>;
}

export interface ExportProgress {
  readonly files: number;
  readonly bytes: number;
  readonly filesTotal: number;
  readonly bytesTotal: number;
  /** All is written and is being made durable. */
  readonly isSyncing: boolean;
}

export interface ExportResult {
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
  /** Of files that could not be recovered. */
  readonly lost: readonly FileEntry[];
  /** Of files and folders whose names this system does not take. */
  readonly renamed: number;
  /** What is wrong with the directory as a whole. */
  readonly problems: readonly string[];
}

/** Throws `NS_DATA_DIRECTORY` when there is nothing to go by, `NS_BAD_REQUEST` when there is no such space, and `NS_DISK_FULL`. */
export async function exportFiles(options: ExportOptions, signal: AbortSignal): Promise<ExportResult> {
  const { paths, folder } = options;
  const workDir = join(folder.path, WORK_FOLDER);
  await mkdir(workDir);
  try {
    using copy = CatalogueCopy.make(paths.cataloguePath, workDir);
    const appliedSeq = copy.opened.state.applied.seq;
    const problems = await bringForward(copy, paths, signal);
    return await writeAll(options, { copy, appliedSeq, problems }, signal);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

interface Source {
  readonly copy: CatalogueCopy;
  /** What the node itself had applied. */
  readonly appliedSeq: number;
  readonly problems: readonly string[];
}

async function writeAll(options: ExportOptions, { copy, appliedSeq, problems }: Source, signal: AbortSignal): Promise<ExportResult> {
  const { paths, folder, withVersions, onProgress } = options;
  const tree = new SavedTree(copy.database);
  const spaces = tree.spaces().filter(({ spaceId }) => options.space === undefined || spaceId === options.space);
  if (options.space !== undefined && spaces.length === 0) throw noSpace(options.space, tree);
  const totals = spaces.map((space) => tree.totals(space));
  const filesTotal = totals.reduce((sum, { files }) => sum + files, 0);
  const bytesTotal = totals.reduce((sum, { bytes }) => sum + bytes, 0);
  const { identity } = await checkMembership(paths.path);
  const counts = { files: 0, folders: 0, bytes: 0, renamed: 0 };
  const lost: FileEntry[] = [];
  const dirs = { blobs: paths.blobsDir, staging: paths.stagingDir, quarantine: paths.quarantineDir };
  await folder.writeLast('manifest.json', async (handle) => {
    const manifest = new ManifestWriter(handle, {
      exportedAt: new Date().toISOString(),
      node: identity ?? null,
      appliedSeq,
      exportedSeq: copy.opened.state.applied.seq,
      problems,
      spaces: spaces.map(({ spaceId }) => spaceId),
      withVersions,
    });
    const onEntry = async (entry: FileEntry | FolderEntry): Promise<void> => {
      count(entry, counts, lost);
      await manifest.add(entry);
      await onProgress({ ...counts, filesTotal, bytesTotal, isSyncing: false });
    };
    await new TreeExport({ tree, folder, dirs, withVersions, onEntry }, signal).write(spaces);
    await manifest.end({ counts: { ...counts, lost: lost.length } });
    await syncTrees(folder.written, (files) => onProgress({ ...counts, files, filesTotal, bytesTotal, isSyncing: true }), signal);
  });
  return { ...counts, lost, problems };
}

function count(
  entry: FileEntry | FolderEntry,
  counts: { files: number; folders: number; bytes: number; renamed: number },
  lost: FileEntry[],
): void {
  if (entry.kind === 'folder') counts.folders += 1;
  else if (entry.writtenAs === null) lost.push(entry);
  else {
    counts.files += 1;
    counts.bytes += entry.sizeBytes;
  }
  const isNamedSo = entry.kind === 'file' && !entry.isCurrent ? true : entry.writtenAs === `files/${entry.space}/${entry.path}`;
  if (entry.writtenAs !== null && !isNamedSo) counts.renamed += 1;
}

/**
 * By the log, as far as it can be read: what the catalogue has is given up for nothing. Gives what is wrong, if that takes something away.
 * Throws `NS_DATA_DIRECTORY` when neither of the two is there to go by.
 */
async function bringForward(copy: CatalogueCopy, paths: DataPaths, signal: AbortSignal): Promise<string[]> {
  const problems: string[] = [];
  try {
    problems.push(...(await replayLog(copy, await scanLog(paths.logDir, 0), signal)));
  } catch (error) {
    signal.throwIfAborted();
    problems.push(`The log cannot be read: ${toNetStoreError(error).message}`);
  }
  const { seq } = copy.opened.state.applied;
  const { vote } = await checkMembership(paths.path);
  if (vote !== undefined && seq < vote.acknowledged.seq) {
    const missing = seq + 1 === vote.acknowledged.seq ? `record ${seq + 1}` : `records ${seq + 1} to ${vote.acknowledged.seq}`;
    problems.push(`What happened in ${missing} is missing: this node acknowledged that, and it cannot be read`);
  }
  if (seq > 0 || problems.length + copy.damage.length === 0) return problems;
  const reasons = [...copy.damage.map((words) => `The catalogue is damaged: ${words}`), ...problems].join('. ');
  throw new NetStoreError(
    'NS_DATA_DIRECTORY',
    `${paths.path} has neither a catalogue nor a log to go by, so that this disk alone cannot say which files there were. ${reasons}. ${OTHER_DISK}`,
  );
}

function noSpace(space: SpaceId, tree: SavedTree): NetStoreError {
  const known = tree.spaces().map(({ spaceId }) => spaceId);
  return new NetStoreError('NS_BAD_REQUEST', `There is no space ${space} here. There are: ${known.join(', ')}`);
}
