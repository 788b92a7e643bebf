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
  readonly isAwaited: boolean;
}

/** Throws `NS_DISK_FULL`. */
export function requireRoom({ freeBytes, reserveBytes }: DiskSpace, { promisedBytes, isAwaited }: RoomWanted): void {
  const keptBytes = isAwaited ? Math.ceil(AWAITED_SHARE * reserveBytes) : reserveBytes;
  if (freeBytes - promisedBytes >= keptBytes) return;
  throw new NetStoreError(
    'NS_DISK_FULL',
    `Disk has no room for another blob: ${freeBytes} bytes are free, ${promisedBytes} are on their way, ${keptBytes} are kept back`,
  );
}
