/** When the next checkpoint belongs into the log. Pure. */

/** Few enough that a difference is found soon and a catalogue is made again quickly, many enough that nobody notices them. */
export const CHECKPOINT_RECORDS = 10_000;
export const CHECKPOINT_BYTES = 64 * 1024 * 1024;

export interface SinceCheckpoint {
  /** Applied since the last checkpoint. */
  readonly records: number;
  /** Of these records. */
  readonly bytes: number;
}

export function isCheckpointDue({ records, bytes }: SinceCheckpoint): boolean {
  return records >= CHECKPOINT_RECORDS || (records > 0 && bytes >= CHECKPOINT_BYTES);
}
