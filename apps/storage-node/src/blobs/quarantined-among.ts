/** Of which blobs a copy lies in quarantine/. The folder only ever grows by itself: it is read once, however many are asked about. */
import { readdir } from 'node:fs/promises';
import type { BlobId } from '@netstore/shared-types';
import { toDiskError } from '../log/disk-error.ts';

/** A name is the id, a hyphen, and when it was moved aside. */
const ID_LENGTH = 32;

export async function findQuarantined(dir: string, blobIds: readonly BlobId[]): Promise<ReadonlySet<BlobId>> {
  try {
    const aside = new Set((await readdir(dir)).filter((name) => name[ID_LENGTH] === '-').map((name) => name.slice(0, ID_LENGTH)));
    return new Set(blobIds.filter((blobId) => aside.has(blobId)));
  } catch (error) {
    throw toDiskError(error, `Listing ${dir}`);
  }
}
