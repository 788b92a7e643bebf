/** A blob has one of two places on the disk, and moves between them while others look for it. */
import type { BlobId } from '@netstore/shared-types';
import { toDiskError, unlessAbsent } from '../log/disk-error.ts';
import { type BlobDirs, keptPath, stagedPath } from './blob-path.ts';
import type { BlobPlace } from './blob-store.ts';

/**
 * Tries the places where the blob may be. It moves from staged to kept: who looked for it in blobs/ just before it came there,
 * and in staging/ just after it left, finds it at the second look. Only what nothing refers to ever moves back.
 */
export async function lookFor<Result>(
  dirs: BlobDirs,
  blobId: BlobId,
  attempt: (path: string) => Promise<Result>,
): Promise<{ readonly place: BlobPlace; readonly result: Result } | undefined> {
  const kept = keptPath(dirs, blobId);
  const looks: readonly [BlobPlace, string][] = [
    ['kept', kept],
    ['staged', stagedPath(dirs, blobId)],
    ['kept', kept],
  ];
  try {
    for (const [place, path] of looks) {
      const result = await unlessAbsent(async () => ({ value: await attempt(path) }));
      if (result !== undefined) return { place, result: result.value };
    }
  } catch (error) {
    throw toDiskError(error, `Looking for blob ${blobId}`);
  }
  return undefined;
}
