/**
 * The end of the log in memory, in front of the log on disk: what streams to secondaries and the applier read nearly
 * always. On the primary it also holds records that are on their way to its own disk.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import { type LogRecord, NO_HASH } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';

/** Durable records beyond this many bytes are left to the disk. */
const TAIL_BYTES_MAX = 8 * 1024 * 1024;

/** Hears which records are at the end of the log, durable or on their way, and which have left it. */
export interface TailListener {
  readonly pushed: (records: readonly LogRecord[]) => void;
  readonly truncated: (fromSeq: number) => void;
}

export class LogTail {
  readonly #log: ReplicatedLog;
  readonly #listeners: readonly TailListener[];
  #records: LogRecord[] = [];
  #bytes = 0;

  constructor(log: ReplicatedLog, listeners: readonly TailListener[] = []) {
    this.#log = log;
    this.#listeners = listeners;
  }

  /** The last record there is, durable or on its way. */
  get last(): LogPosition {
    return this.#records.at(-1) ?? this.#log.last;
  }

  get durableSeq(): number {
    return this.#log.last.seq;
  }

  /** Takes records that continue `last`; throws `NS_CONFLICT` when they do not. */
  push(records: readonly LogRecord[]): void {
    const first = records[0];
    if (first !== undefined && (first.seq !== this.last.seq + 1 || !isSameHash(first.previous, this.last.hash)))
      throw new NetStoreError('NS_CONFLICT', `Record ${first.seq} does not continue the log, which ends at ${this.last.seq}`);
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += record.encoded.length;
    }
    for (const listener of this.#listeners) listener.pushed(records);
    this.#evict();
  }

  #evict(): void {
    let count = 0;
    let bytes = this.#bytes;
    for (const record of this.#records) {
      if (bytes <= TAIL_BYTES_MAX || record.seq > this.durableSeq) break;
      bytes -= record.encoded.length;
      count += 1;
    }
    this.#records = count === 0 ? this.#records : this.#records.slice(count);
    this.#bytes = bytes;
  }

  /** Forgets the records from `seq` on: they were moved aside, or could not be written. */
  truncate(seq: number): void {
    this.#records = this.#records.filter((record) => record.seq < seq);
    this.#bytes = this.#records.reduce((sum, record) => sum + record.encoded.length, 0);
    for (const listener of this.#listeners) listener.truncated(seq);
  }

  /** These could not be written, or not all of them: what became durable is part of the log. */
  forgetUnwritten(records: readonly LogRecord[]): void {
    const first = records[0];
    if (first !== undefined) this.truncate(Math.max(first.seq, this.durableSeq + 1));
  }

  /** Whole records from `fromSeq` on, at least one where there is one, until `bytesMax` is reached. */
  async read(fromSeq: number, bytesMax: number): Promise<LogRecord[]> {
    const first = this.#records[0];
    if (first === undefined || fromSeq < first.seq) return this.#log.read(fromSeq, bytesMax);
    const records: LogRecord[] = [];
    let bytes = 0;
    for (let index = fromSeq - first.seq; index < this.#records.length; index += 1) {
      const record = this.#records[index] as LogRecord;
      bytes += record.encoded.length;
      if (records.length > 0 && bytes > bytesMax) break;
      records.push(record);
    }
    return records;
  }

  /** Of the last record that is committed. Throws `NS_LOG_DAMAGED` when the log does not reach that far. */
  async committedAt(commitSeq: number): Promise<LogPosition> {
    const position = await this.positionAt(commitSeq);
    if (position === undefined) throw new NetStoreError('NS_LOG_DAMAGED', `Log has no record ${commitSeq}, which is committed`);
    return position;
  }

  async positionAt(seq: number): Promise<LogPosition | undefined> {
    if (seq === 0) return { seq: 0, hash: NO_HASH };
    const first = this.#records[0];
    if (first === undefined || seq < first.seq) return this.#log.positionAt(seq);
    const record = this.#records[seq - first.seq];
    return record === undefined ? undefined : { seq, hash: record.hash };
  }
}

export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
