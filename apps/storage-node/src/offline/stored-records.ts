/** The records of a scanned log, read from its segments one after the other. */
import { readFile } from 'node:fs/promises';
import { type LogRecord, parseRecord } from '../log/record.ts';
import type { ScannedLog } from '../log/scan-log.ts';

export interface StoredRecord {
  readonly record: LogRecord;
  readonly path: string;
  /** Where in the file it begins. */
  readonly offset: number;
}

/** From `fromSeq` on. Ends where a segment is no longer what was scanned. */
export async function* storedRecords({ segments }: ScannedLog, fromSeq: number, signal: AbortSignal): AsyncGenerator<StoredRecord> {
  for (const { path, firstSeq, offsets } of segments) {
    if (firstSeq + offsets.length <= fromSeq) continue;
    signal.throwIfAborted();
    const bytes = await readFile(path);
    for (const offset of offsets) {
      const parsed = parseRecord(bytes, offset);
      if (parsed.kind !== 'record') return;
      if (parsed.record.seq >= fromSeq) yield { record: parsed.record, path, offset };
    }
  }
}
