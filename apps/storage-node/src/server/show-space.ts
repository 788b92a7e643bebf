/** What a node says of the room on its disk. Pure. */
import { BLOB_BYTES_MAX, type Space } from '@netstore/wire-protocol';
import type { DiskSpace } from '../blobs/blob-store.ts';

const MIB = 1024 * 1024;
/** Below so many times the reserve there is still time to make room before bytes are refused. */
const NEARLY_FULL_RESERVES = 2;

export function spaceOf({ usedBytes, freeBytes }: DiskSpace): Space {
  return { usedBytes, freeBytes };
}

/** Full is a disk that has no room for a blob of full size: smaller ones fit for a moment longer. */
export function isFull({ freeBytes, reserveBytes }: DiskSpace): boolean {
  return freeBytes - BLOB_BYTES_MAX < reserveBytes;
}

export function diskProblemOf(space: DiskSpace): string | null {
  const { freeBytes, reserveBytes } = space;
  const free = `${mebibytes(freeBytes)} are free, ${mebibytes(reserveBytes)} of them kept back for the log`;
  if (isFull(space)) return `The disk is full (${free}): this node takes no new bytes until there is room on it.`;
  if (freeBytes < NEARLY_FULL_RESERVES * reserveBytes) return `The disk is nearly full (${free}): soon this node takes no new bytes.`;
  return null;
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MIB).toLocaleString('en')} MiB`;
}
