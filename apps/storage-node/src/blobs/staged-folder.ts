/** Which sealed blobs are in staging/, and since when. */
import { opendir, stat } from 'node:fs/promises';
import { unlessAbsent } from '../log/disk-error.ts';
import { type BlobDirs, blobIdOfName, stagedPath } from './blob-path.ts';
import type { StagedBlob } from './blob-store.ts';

export async function* listStaged(dirs: BlobDirs): AsyncGenerator<StagedBlob> {
  for await (const { name } of await opendir(dirs.staging)) {
    const blobId = blobIdOfName(name);
    if (blobId === undefined) continue;
    const found = await unlessAbsent(() => stat(stagedPath(dirs, blobId)));
    if (found !== undefined) yield { blobId, sealedAtMs: Math.floor(found.mtimeMs) };
  }
}
