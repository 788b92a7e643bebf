/** One folder of blobs/: which blobs are in it and what else is, and the ways out of it that are no deletion. */
import { readdir, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobId } from '@netstore/shared-types';
import { toDiskError, unlessAbsent } from '../log/disk-error.ts';
import { type BlobDirs, blobIdOfName, keptPath, quarantinePath, stagedPath } from './blob-path.ts';

export interface KeptFolder {
  /** In order. */
  readonly blobIds: readonly BlobId[];
  /** Names of what is no blob of this folder. */
  readonly foreign: readonly string[];
}

/** `shard`: two hex digits. A folder that is gone is empty. */
export async function listKept(dirs: BlobDirs, shard: string): Promise<KeptFolder> {
  try {
    const names = (await unlessAbsent(() => readdir(join(dirs.blobs, shard)))) ?? [];
    const blobIds = names.flatMap((name) => (name.startsWith(shard) ? (blobIdOfName(name) ?? []) : []));
    const known = new Set<string>(blobIds);
    return { blobIds: blobIds.sort(), foreign: names.filter((name) => !known.has(name)) };
  } catch (error) {
    throw toDiskError(error, `Listing ${join(dirs.blobs, shard)}`);
  }
}

/** Into quarantine, under a name that tells where it was. False when it is gone. */
export async function setForeignAside(dirs: BlobDirs, shard: string, name: string): Promise<boolean> {
  try {
    const aside = quarantinePath(dirs, `foreign-${shard}-${name.replaceAll(/[^\w.-]/g, '_').slice(0, 64)}`);
    return await isDone(() => rename(join(dirs.blobs, shard, name), aside));
  } catch (error) {
    throw toDiskError(error, `Moving ${join(dirs.blobs, shard, name)} to quarantine`);
  }
}

/** Back to staging, where its time begins anew. False when it is not kept. */
export async function moveToStaging(dirs: BlobDirs, blobId: BlobId): Promise<boolean> {
  const kept = keptPath(dirs, blobId);
  const now = new Date();
  try {
    return await isDone(async () => {
      await utimes(kept, now, now);
      await rename(kept, stagedPath(dirs, blobId));
    });
  } catch (error) {
    throw toDiskError(error, `Moving blob ${blobId} back to staging`);
  }
}

/** False when the file is gone. */
async function isDone(move: () => Promise<void>): Promise<boolean> {
  const done = await unlessAbsent(async () => {
    await move();
    return true;
  });
  return done ?? false;
}
