/** Stored bytes back into records, with the disk held to what was written. */
import { NetStoreError } from '@netstore/shared-types';
import { errnoOf, toDiskError } from './disk-error.ts';
import { type LogRecord, parseRecord } from './record.ts';
import type { Segment } from './segment.ts';

/** The bytes of whole records of one segment, as they stand: at least one record, then as many as `bytesMax` holds. */
export async function readStored(segment: Segment, seq: number, bytesMax: number): Promise<Buffer> {
  try {
    return await segment.read(seq, bytesMax);
  } catch (error) {
    const doing = `Reading ${segment.path}`;
    if (errnoOf(error) === 'EIO')
      throw new NetStoreError('NS_LOG_DAMAGED', `${doing} failed: the disk cannot read a sector of it`, { cause: error });
    throw toDiskError(error, doing);
  }
}

/** Throws `NS_LOG_DAMAGED` when anything but record `seq` stands at `at`. */
export function expectRecord(bytes: Buffer, at: number, { seq, path }: { readonly seq: number; readonly path: string }): LogRecord {
  const parsed = parseRecord(bytes, at);
  if (parsed.kind === 'record' && parsed.record.seq === seq) return parsed.record;
  const reason =
    parsed.kind === 'damaged' ? parsed.reason : parsed.kind === 'end' ? 'nothing stands there' : `record ${parsed.record.seq} stands there`;
  const message = `Log is damaged: record ${seq} was written whole and cannot be read back from ${path}: ${reason}`;
  throw new NetStoreError('NS_LOG_DAMAGED', message, { details: { seq, path } });
}
