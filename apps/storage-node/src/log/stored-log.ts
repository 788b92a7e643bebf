/**
 * The records that stand on the disk: segments one after the other, where they begin and where they end. It reads and compares; what
 * changes it (`replicated-log.ts`) runs one change at a time.
 *
 * In memory stand an offset for each record and the runs of epochs, nothing else of the log. Every read opens its file anew, so that
 * descriptors do not grow with the log, and checks every CRC.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import { CHAIN_START, type ChainEnd } from './chain.ts';
import { type EpochRun, epochIn } from './epoch-runs.ts';
import { expectRecord, readStored } from './read-records.ts';
import type { LogRecord } from './record.ts';
import type { ScannedLog } from './scan-log.ts';
import type { Segment } from './segment.ts';

export class StoredLog {
  readonly segments: Segment[];
  readonly epochs: EpochRun[];
  /** What the first record continues; it moves up when the beginning of the log is let go. */
  base: ChainEnd;
  end: ChainEnd;
  /** Counts the times that records left the log at its end or its beginning, so that a read notices that they left under its hands. */
  cutCount = 0;

  constructor(segments: Segment[], { base, end, epochs }: Pick<ScannedLog, 'base' | 'end' | 'epochs'>) {
    this.segments = segments;
    this.base = base;
    this.end = end;
    this.epochs = epochs;
  }

  get last(): LogPosition {
    return this.end.position;
  }

  /** The bytes of the records from `fromSeq` on, the beginnings and the ends of segments left out. */
  bytesFrom(fromSeq: number): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytesFrom(fromSeq), 0);
  }

  /** Undefined in a log without records. */
  get tail(): Segment | undefined {
    return this.segments.at(-1);
  }

  /** Runs `look` until no record left the log meanwhile: what it saw otherwise may be neither what was nor what is. */
  async settled<Result>(look: () => Promise<Result>): Promise<Result> {
    for (;;) {
      const { cutCount } = this;
      try {
        const result = await look();
        if (cutCount === this.cutCount) return result;
      } catch (error) {
        if (cutCount === this.cutCount) throw error;
      }
    }
  }

  /** See `ReplicatedLog.read`. */
  async read(fromSeq: number, bytesMax: number): Promise<LogRecord[]> {
    if (fromSeq < 1) throw new NetStoreError('NS_BAD_REQUEST', `Log begins with record 1, asked for ${fromSeq}`);
    return await this.settled(() => {
      this.#requireKept(fromSeq - 1);
      return this.#readOnce(fromSeq, bytesMax);
    });
  }

  /** Undefined when the log does not reach that far. */
  async positionAt(seq: number): Promise<LogPosition | undefined> {
    if (seq === 0) return CHAIN_START.position;
    if (seq === this.base.position.seq) return this.base.position;
    if (seq === this.last.seq) return this.last;
    const [record] = await this.read(seq, 0);
    return record === undefined ? undefined : { seq: record.seq, hash: record.hash };
  }

  /** Undefined when the log does not reach that far; 0 for seq 0. */
  epochAt(seq: number): number | undefined {
    if (seq === 0) return 0;
    this.#requireKept(seq);
    if (seq === this.base.position.seq) return this.base.epoch;
    return seq > this.last.seq ? undefined : epochIn(this.epochs, seq);
  }

  /** As the bytes stand: what leaves the log may be damaged, and is kept as it is. */
  async *storedFrom(fromSeq: number): AsyncGenerator<Buffer> {
    let seq = fromSeq;
    while (seq <= this.last.seq) {
      const segment = this.segmentOf(seq);
      yield await readStored(segment, seq, Number.POSITIVE_INFINITY);
      seq = segment.lastSeq + 1;
    }
  }

  segmentOf(seq: number): Segment {
    const segment = this.segments.findLast(({ firstSeq }) => firstSeq <= seq);
    if (segment === undefined) throw new NetStoreError('NS_INTERNAL', `Log has no segment with record ${seq}`);
    return segment;
  }

  /** Throws `NS_LOG_COMPACTED` when what stands behind `seq` was let go. */
  #requireKept(seq: number): void {
    const baseSeq = this.base.position.seq;
    if (seq >= baseSeq) return;
    throw new NetStoreError('NS_LOG_COMPACTED', `Log begins with record ${baseSeq + 1}, asked for ${seq + 1}`, { details: { baseSeq } });
  }

  async #readOnce(fromSeq: number, bytesMax: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let seq = fromSeq;
    let bytesLeft = bytesMax;
    while (seq <= this.last.seq && (bytesLeft > 0 || records.length === 0)) {
      const segment = this.segmentOf(seq);
      const bytes = await readStored(segment, seq, bytesLeft);
      // A record may be too long for what is left: the first one of all is given all the same.
      if (bytes.length > bytesLeft && records.length > 0) break;
      for (let at = 0; at < bytes.length && seq <= this.last.seq; seq += 1) {
        const record = expectRecord(bytes, at, { seq, path: segment.path });
        records.push(record);
        at += record.encoded.length;
      }
      bytesLeft -= bytes.length;
    }
    return records;
  }
}
