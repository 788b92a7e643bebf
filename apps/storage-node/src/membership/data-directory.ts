/**
 * The data directory of one node: makes its tree, refuses one that is not its own, keeps other processes out, and holds the ballast.
 *
 *   FORMAT                                    "netstore-storage-node 1": made first, so that its absence tells a foreign folder
 *   LOCK                                      directory-lock.ts
 *   IDENTITY VOTE.a VOTE.b                    identity.ts, vote.ts
 *   log blobs staging quarantine divergent    folders of the other rooms
 *   catalogue.db SNAPSHOT snapshot            the catalogue's
 *   SCRUB                                     blobs/scrub-cursor.ts
 *   BALLAST                                   64 MiB, given up when the disk is full so that deletes can still be logged
 */
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { errnoOf, isDiskFull, toDiskError } from '../log/disk-error.ts';
import { Durability, type OnFatal } from '../log/durability.ts';
import { FILE_MODE, syncFolder, writeFileDurably } from '../log/durable-file.ts';
import { Ballast } from './ballast.ts';
import { LOCK_FILE, lockDirectory, lockDirectoryForReading } from './directory-lock.ts';

const FORMAT_FILE = 'FORMAT';
const FORMAT_VERSION = 1;
const FORMAT_LAYOUT = /^netstore-storage-node (\d+)\n$/;
const FOLDERS = ['log', 'blobs', 'staging', 'quarantine', 'divergent', 'snapshot'] as const;
const PROBE_FILE = 'PROBE';
/** What a folder may hold and still be taken for an empty one: ours from a start that died early, and what file systems make. */
const HARMLESS = new Set([LOCK_FILE, PROBE_FILE, `${FORMAT_FILE}.tmp`, 'lost+found']);
const FOLDER_MODE = 0o700;

/** Where everything is. */
export interface DataPaths {
  readonly path: string;
  readonly logDir: string;
  readonly blobsDir: string;
  readonly stagingDir: string;
  readonly quarantineDir: string;
  readonly divergentDir: string;
  readonly cataloguePath: string;
  /** Copies of catalogues, to be given away or to be switched in. */
  readonly snapshotDir: string;
}

export interface DataDirectory extends DataPaths, AsyncDisposable {
  readonly ballast: Ballast;
}

/**
 * Holds the lock until disposed of. Throws `NS_DATA_DIRECTORY` when the folder is in use, is not NetStore's, was written by a newer
 * program, or cannot be written to. A full disk is no reason to refuse.
 */
export async function openDataDirectory(path: string, { onFatal }: { readonly onFatal?: OnFatal } = {}): Promise<DataDirectory> {
  const durability = new Durability(onFatal);
  await using undo = new AsyncDisposableStack();
  await refused(path, async () => {
    if ((await mkdir(path, { recursive: true, mode: FOLDER_MODE })) !== undefined) await syncFolder(dirname(path), durability);
    await proveWritable(path);
  });
  undo.use(lockDirectory(path));
  await requireFormat(path, durability);
  await refused(path, async () => {
    for (const folder of FOLDERS) await mkdir(join(path, folder), { recursive: true, mode: FOLDER_MODE });
    await syncFolder(path, durability);
  });
  const ballast = new Ballast(join(path, 'BALLAST'));
  await ballast.restore();
  const held = undo.move();
  return { ...pathsOf(path), ballast, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

function pathsOf(path: string): DataPaths {
  return {
    path,
    logDir: join(path, 'log'),
    blobsDir: join(path, 'blobs'),
    stagingDir: join(path, 'staging'),
    quarantineDir: join(path, 'quarantine'),
    divergentDir: join(path, 'divergent'),
    cataloguePath: join(path, 'catalogue.db'),
    snapshotDir: join(path, 'snapshot'),
  };
}

/**
 * For looking only: changes nothing, and no node can start on it before it is disposed of. Throws `NS_DATA_DIRECTORY` when the folder is
 * in use, is no node's, or was written by a newer program.
 */
export async function readDataDirectory(path: string): Promise<DataPaths & Disposable> {
  const text = await readFormat(path);
  if (text === undefined) {
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `${path} is not the data directory of a storage node: it has no file ${FORMAT_FILE}. A node's directory is, for instance, data/node-1`,
    );
  }
  requireKnownFormat(path, text);
  const lock = lockDirectoryForReading(path);
  return { ...pathsOf(path), [Symbol.dispose]: () => lock[Symbol.dispose]() };
}

async function proveWritable(path: string): Promise<void> {
  const probe = join(path, PROBE_FILE);
  try {
    await (await open(probe, 'w', FILE_MODE)).close();
    await rm(probe);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}

async function requireFormat(path: string, durability: Durability): Promise<void> {
  const text = await readFormat(path);
  if (text === undefined) {
    const foreign = (await readdir(path)).filter((name) => !HARMLESS.has(name) && !name.startsWith('.'));
    if (foreign.length > 0) {
      throw new NetStoreError(
        'NS_DATA_DIRECTORY',
        `Data directory ${path} has no ${FORMAT_FILE} file and is not empty (it holds ${foreign.slice(0, 3).join(', ')}): choose an empty directory, or the one that NetStore used before`,
      );
    }
    await writeFileDurably(join(path, FORMAT_FILE), [Buffer.from(`netstore-storage-node ${FORMAT_VERSION}\n`)], durability);
    return;
  }
  requireKnownFormat(path, text);
}

function requireKnownFormat(path: string, text: string): void {
  const version = FORMAT_LAYOUT.exec(text)?.[1];
  if (version === undefined)
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `${join(path, FORMAT_FILE)} is damaged: expected "netstore-storage-node ${FORMAT_VERSION}"`,
    );
  if (Number(version) > FORMAT_VERSION) {
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `Data directory ${path} has format ${version}, this program knows formats up to ${FORMAT_VERSION}: start a newer version of NetStore, or choose another directory`,
    );
  }
}

async function readFormat(path: string): Promise<string | undefined> {
  try {
    return await readFile(join(path, FORMAT_FILE), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw toDiskError(error, `Reading ${join(path, FORMAT_FILE)}`);
  }
}

async function refused(path: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetStoreError('NS_DATA_DIRECTORY', `Data directory ${path} cannot be used: ${reason}`, { cause: error });
  }
}
