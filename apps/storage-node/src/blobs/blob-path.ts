/** Where the files of blobs are. Ids are hex, checked where they were parsed: nothing a user wrote ever becomes part of a path. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BlobId } from '@netstore/shared-types';

/** All on one file system, since blobs move between them by rename. */
export interface BlobDirs {
  readonly blobs: string;
  readonly staging: string;
  readonly quarantine: string;
}

const BLOB_NAME = /^[0-9a-f]{32}$/;
const PART_SUFFIX = '.part';

/** `00` to `ff`: the folders that kept blobs are spread over. */
export const SHARDS: readonly string[] = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));

export function keptPath(dirs: BlobDirs, blobId: BlobId): string {
  return join(dirs.blobs, blobId.slice(0, 2), blobId);
}

export function stagedPath(dirs: BlobDirs, blobId: BlobId): string {
  return join(dirs.staging, blobId);
}

/** `writer` tells apart those that receive the same blob at once. */
export function partPath(dirs: BlobDirs, blobId: BlobId, writer: number): string {
  return join(dirs.staging, `${blobId}.${writer}${PART_SUFFIX}`);
}

/** A new name each time: what is in quarantine is evidence and is never replaced. */
export function quarantinePath(dirs: BlobDirs, name: string): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return join(dirs.quarantine, `${name}-${time}-${randomBytes(2).toString('hex')}`);
}

export function isPartName(name: string): boolean {
  return name.endsWith(PART_SUFFIX);
}

/** The id of the sealed blob whose file has this name; undefined for any other file. */
export function blobIdOfName(name: string): BlobId | undefined {
  return BLOB_NAME.test(name) ? (name as BlobId) : undefined;
}
