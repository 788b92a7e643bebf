/** Whether one more blob may come onto the disk. Pure. */
import { NetStoreError } from '@netstore/shared-types';
import type { DiskSpace } from './blob-store.ts';

/**
 * Of the reserve, what blobs may take for which a record waits: every write behind that record waits with it, the deletes too that
 * would make room. The other half stays for the log.
 */
const AWAITED_SHARE = 0.5;

interface RoomWanted {
  /** Of the blob, and of others that have begun to come in, what is not on the disk yet. */
  readonly promisedBytes: number;
  /** The blob's own, and those of others that are about to be made. */
  readonly promisedFiles: number;
  readonly isAwaited: boolean;
}

/** Throws `NS_DISK_FULL`. */
export function requireRoom({ freeBytes, reserveBytes, inodes }: DiskSpace, { promisedBytes, promisedFiles, isAwaited }: RoomWanted): void {
  const share = isAwaited ? AWAITED_SHARE : 1;
  requireEnough('bytes', { free: freeBytes, promised: promisedBytes, kept: Math.ceil(share * reserveBytes) });
  if (inodes !== null) requireEnough('inodes', { free: inodes.free, promised: promisedFiles, kept: Math.ceil(share * inodes.reserve) });
}

interface Room {
  readonly free: number;
  readonly promised: number;
  readonly kept: number;
}

function requireEnough(what: 'bytes' | 'inodes', { free, promised, kept }: Room): void {
  if (free - promised >= kept) return;
  throw new NetStoreError(
    'NS_DISK_FULL',
    `Disk has no room for another blob: ${free} ${what} are free, ${promised} are on their way, ${kept} are kept back`,
  );
}
