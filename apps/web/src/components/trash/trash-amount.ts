/** How much is in the trash, and how much a purge freed, in numbers and words. Pure. */
import type { PurgeResult, TrashEntry } from '@netstore/shared-types';
import { formatCount, formatSize } from '../../format/size.ts';

export interface TrashAmount {
  readonly entries: number;
  readonly files: number;
  readonly sizeBytes: number;
  /** False where folders hold too much to be counted in passing: then there is more than these numbers say. */
  readonly isExact: boolean;
}

export const NO_AMOUNT: TrashAmount = { entries: 0, files: 0, sizeBytes: 0, isExact: true };

export function amountOf(entries: readonly TrashEntry[], before: TrashAmount = NO_AMOUNT): TrashAmount {
  return entries.reduce<TrashAmount>(
    (sum, { files, sizeBytes }) => ({
      entries: sum.entries + 1,
      files: sum.files + (files ?? 0),
      sizeBytes: sum.sizeBytes + (sizeBytes ?? 0),
      isExact: sum.isExact && files !== null && sizeBytes !== null,
    }),
    before,
  );
}

/** `2 files, 1.2 MB`; `more than 2 files, 1.2 MB`. */
export function amountWords({ files, sizeBytes, isExact }: TrashAmount): string {
  if (isExact) return `${formatCount(files, 'file')}, ${formatSize(sizeBytes)}`;
  return files === 0 ? 'more files than can be counted in passing' : `more than ${formatCount(files, 'file')}, ${formatSize(sizeBytes)}`;
}

export type Purged = Pick<PurgeResult, 'entries' | 'files' | 'sizeBytes' | 'isComplete'>;

export const NOTHING_PURGED: Purged = { entries: 0, files: 0, sizeBytes: 0, isComplete: true };

export function addPurged(one: Purged, other: Purged): Purged {
  return {
    entries: one.entries + other.entries,
    files: one.files + other.files,
    sizeBytes: one.sizeBytes + other.sizeBytes,
    isComplete: one.isComplete && other.isComplete,
  };
}

export function purgedWords({ entries, files, sizeBytes, isComplete }: Purged): string {
  if (entries === 0) return 'It was gone already: restored, or deleted forever.';
  if (!isComplete) return `${formatCount(entries, 'entry', 'entries')} deleted forever. The space they had is being freed.`;
  return `${formatCount(files, 'file')} deleted forever, ${formatSize(sizeBytes)} freed.`;
}
