/** The only two ways in which the file of a blob is deleted. Both are taken at the word of an applied record alone. */
import { rm } from 'node:fs/promises';
import type { BlobId } from '@netstore/shared-types';
import { toDiskError, unlessAbsent } from '../log/disk-error.ts';
import { type BlobDirs, keptPath, stagedPath } from './blob-path.ts';

/** A kept copy stays. */
export async function unlinkStaged(dirs: BlobDirs, blobId: BlobId): Promise<void> {
  try {
    await rm(stagedPath(dirs, blobId), { force: true });
  } catch (error) {
    throw toDiskError(error, `Discarding blob ${blobId}`);
  }
}

/** Every copy. A blob is moved from staging/ to blobs/ and seldom back: one that moves meanwhile is met at one of the three looks. */
export async function unlinkEverywhere(dirs: BlobDirs, blobId: BlobId): Promise<void> {
  const staged = stagedPath(dirs, blobId);
  try {
    for (const path of [staged, keptPath(dirs, blobId), staged]) await unlessAbsent(() => rm(path));
  } catch (error) {
    throw toDiskError(error, `Unlinking blob ${blobId}`);
  }
}
