/** What a node says of the room on its disk. Pure. */
import { BLOB_BYTES_MAX, type Space } from '@netstore/wire-protocol';
import type { DiskSpace } from '../blobs/blob-store.ts';

const MIB = 1024 * 1024;
/** Below so many times the reserve there is still time to make room before bytes are refused. */
const NEARLY_FULL_RESERVES = 2;

export function spaceOf({ usedBytes, freeBytes }: DiskSpace): Space {
  return { usedBytes, freeBytes };
}

/** Full is a disk that has no room for a blob of full size, or for one more file: smaller ones fit for a moment longer. */
export function isFull(space: DiskSpace): boolean {
  return areBytesFull(space) || areInodesFull(space);
}

function areBytesFull({ freeBytes, reserveBytes }: DiskSpace): boolean {
  return freeBytes - BLOB_BYTES_MAX < reserveBytes;
}

function areInodesFull({ inodes }: DiskSpace): boolean {
  return inodes !== null && inodes.free <= inodes.reserve;
}

/** Names what is short: bytes, inodes, or both. */
export function diskProblemOf(space: DiskSpace): string | null {
  const { freeBytes, reserveBytes, inodes } = space;
  const bytesFree = `${mebibytes(freeBytes)} are free, ${mebibytes(reserveBytes)} of them kept back for the log`;
  const inodesFree = `${inodes?.free.toLocaleString('en')} inodes are free, ${inodes?.reserve} are kept back for the log`;
  const name = (areBytesShort: boolean, areInodesShort: boolean): string =>
    [...(areBytesShort ? [bytesFree] : []), ...(areInodesShort ? [inodesFree] : [])].join('; ');
  if (isFull(space)) {
    return `The disk is full (${name(areBytesFull(space), areInodesFull(space))}): this node takes no new bytes until there is room on it.`;
  }
  const nearly = name(
    freeBytes < NEARLY_FULL_RESERVES * reserveBytes,
    inodes !== null && inodes.free < NEARLY_FULL_RESERVES * inodes.reserve,
  );
  return nearly === '' ? null : `The disk is nearly full (${nearly}): soon this node takes no new bytes.`;
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MIB).toLocaleString('en')} MiB`;
}
