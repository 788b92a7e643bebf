/**
 * One segment file: a header, whole records, zeros. Knows where each of its records stands; knows nothing of chains, marks
 * or other segments.
 *
 * The file has its full length and written zeros from the start, so that a sync of an append carries the appended bytes
 * and no change of the file system's own tables.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { isDiskFull, toDiskError } from './disk-error.ts';
import type { Durability } from './durability.ts';
import { FILE_MODE, readFully, removeLeftover, UNFINISHED_SUFFIX, writeFully } from './durable-file.ts';
import type { DurableFolder } from './durable-folder.ts';
import { type LogRecord, parseRecords } from './record.ts';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, segmentName } from './segment-header.ts';

const ZEROS = Buffer.alloc(1024 * 1024);

/** What a scan of the file found. */
export interface SegmentContent {
  readonly path: string;
  readonly firstSeq: number;
  readonly sizeBytes: number;
  /** Where each record begins. */
  readonly offsets: number[];
  /** Where the last record ends. */
  readonly end: number;
}

export interface NewSegment {
  readonly dir: string;
  readonly sizeBytes: number;
  /** At least one; they fit. */
  readonly records: readonly LogRecord[];
}

export class Segment {
  readonly path: string;
  readonly firstSeq: number;
  /** Of the file. */
  readonly sizeBytes: number;
  readonly #offsets: number[];
  readonly #durability: Durability;
  #end: number;
  #handle: FileHandle | undefined;

  constructor(content: SegmentContent, durability: Durability) {
    this.path = content.path;
    this.firstSeq = content.firstSeq;
    this.sizeBytes = content.sizeBytes;
    this.#offsets = content.offsets;
    this.#end = content.end;
    this.#durability = durability;
  }

  /**
   * The whole file, records and all, synced under an unfinished name: `publish` makes it part of the log. Throws `NS_DISK_FULL` and
   * leaves nothing behind; nothing after this can run out of room.
   */
  static async prepare({ dir, sizeBytes, records }: NewSegment, durability: Durability): Promise<Segment> {
    const [first] = records;
    if (first === undefined) throw new RangeError('a segment begins with a record');
    const path = join(dir, segmentName(first.seq));
    const segment = new Segment({ path, firstSeq: first.seq, sizeBytes, offsets: [], end: SEGMENT_HEADER_BYTES }, durability);
    const bytes = Buffer.concat([
      encodeSegmentHeader({ firstSeq: first.seq, previous: first.previous }),
      ...records.map(({ encoded }) => encoded),
    ]);
    try {
      segment.#handle = await open(path + UNFINISHED_SUFFIX, 'w+', FILE_MODE);
      await writeFully(segment.#handle, bytes, 0);
      await segment.#fillWithZeros(bytes.length, sizeBytes);
    } catch (error) {
      await segment.abandon();
      throw toDiskError(error, `Making segment ${path}`);
    }
    await durability.file(segment.#handle, path);
    segment.#addOffsets(records);
    return segment;
  }

  get lastSeq(): number {
    return this.firstSeq + this.#offsets.length - 1;
  }

  /** Of the records from `fromSeq` on. */
  bytesFrom(fromSeq: number): number {
    return fromSeq > this.lastSeq ? 0 : this.#end - this.#offsetOf(Math.max(fromSeq, this.firstSeq));
  }

  get freeBytes(): number {
    return this.sizeBytes - this.#end;
  }

  /** Gives a prepared file its name, durably. */
  async publish(folder: DurableFolder): Promise<void> {
    try {
      await rename(this.path + UNFINISHED_SUFFIX, this.path);
    } catch (error) {
      return await this.#durability.fail(error, `Naming segment ${this.path}`);
    }
    await folder.sync();
  }

  /** Undoes `prepare`. */
  async abandon(): Promise<void> {
    await this.close();
    await removeLeftover(this.path + UNFINISHED_SUFFIX);
  }

  /** Durable on return. The records follow the last one and fit. Throws `NS_DISK_FULL` with the file as it was. */
  async append(records: readonly LogRecord[]): Promise<void> {
    const bytes = Buffer.concat(records.map(({ encoded }) => encoded));
    const handle = await this.#writable();
    try {
      await writeFully(handle, bytes, this.#end);
    } catch (error) {
      // Only a file system that copies on write can run out of room here.
      if (!isDiskFull(error)) return await this.#durability.fail(error, `Writing to ${this.path}`);
      await this.#wipe(this.#end, this.#end + bytes.length);
      throw toDiskError(error, `Writing to ${this.path}`);
    }
    await this.#durability.file(handle, this.path);
    this.#addOffsets(records);
  }

  /** The stored bytes of whole records from `fromSeq` on: at least one record, then as many as `bytesMax` holds. */
  async read(fromSeq: number, bytesMax: number): Promise<Buffer> {
    const start = this.#offsetOf(fromSeq);
    const bytes = Buffer.allocUnsafe(this.#offsetOf(this.seqWithin(fromSeq, bytesMax)) - start);
    await using handle = await open(this.path, 'r');
    const count = await readFully(handle, bytes, start);
    return bytes.subarray(0, count);
  }

  /** One behind the last record that `bytesMax` holds when they are counted from `fromSeq` on; that one always counts. */
  seqWithin(fromSeq: number, bytesMax: number): number {
    const start = this.#offsetOf(fromSeq);
    let seq = fromSeq + 1;
    while (seq <= this.lastSeq && this.#offsetOf(seq + 1) - start <= bytesMax) seq += 1;
    return seq;
  }

  /** Where a record stands in the file; behind the last one, where the next would. */
  placeOf(seq: number): { readonly offset: number; readonly bytes: number } {
    const offset = this.#offsetOf(seq);
    return { offset, bytes: this.#offsetOf(seq + 1) - offset };
  }

  /** Writes the records from `fromSeq` on once more, from what was read, and syncs them. */
  async rewrite(fromSeq: number): Promise<void> {
    if (fromSeq > this.lastSeq) return;
    const bytes = await this.read(fromSeq, this.sizeBytes);
    // A page whose sync failed may have left the cache since the scan: what is read now must be the records that were proved.
    parseRecords(bytes).forEach((record, index) => {
      if (record.seq !== fromSeq + index)
        throw new NetStoreError(
          'NS_LOG_DAMAGED',
          `Log changed on ${this.path} between two readings: expected record ${fromSeq + index}, got ${record.seq}`,
        );
    });
    const handle = await this.#writable();
    try {
      await writeFully(handle, bytes, this.#offsetOf(fromSeq));
    } catch (error) {
      return await this.#durability.fail(error, `Rewriting ${this.path}`);
    }
    await this.#durability.file(handle, this.path);
  }

  /** Removes the records from `seq` on, durably. They are gone for readers from the first moment. */
  async cut(seq: number): Promise<void> {
    const wasEnd = this.#end;
    this.#end = this.#offsetOf(seq);
    this.#offsets.length = seq - this.firstSeq;
    await this.#wipe(this.#end, wasEnd);
  }

  /** Makes everything behind the last record zeros, durably. */
  async wipeRest(): Promise<void> {
    await this.#wipe(this.#end, this.sizeBytes);
  }

  async remove(): Promise<void> {
    await this.close();
    try {
      await rm(this.path);
    } catch (error) {
      return await this.#durability.fail(error, `Removing ${this.path}`);
    }
  }

  /** Lets the descriptor go; the next write opens the file again. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #wipe(from: number, to: number): Promise<void> {
    try {
      await this.#fillWithZeros(from, to);
    } catch (error) {
      return await this.#durability.fail(error, `Clearing the rest of ${this.path}`);
    }
    await this.#durability.file(await this.#writable(), this.path);
  }

  async #fillWithZeros(from: number, to: number): Promise<void> {
    const handle = await this.#writable();
    for (let position = from; position < to; position += ZEROS.length) {
      await writeFully(handle, ZEROS.subarray(0, Math.min(ZEROS.length, to - position)), position);
    }
  }

  async #writable(): Promise<FileHandle> {
    try {
      this.#handle ??= await open(this.path, 'r+');
    } catch (error) {
      throw toDiskError(error, `Opening ${this.path}`);
    }
    return this.#handle;
  }

  #addOffsets(records: readonly LogRecord[]): void {
    for (const { encoded } of records) {
      this.#offsets.push(this.#end);
      this.#end += encoded.length;
    }
  }

  /** Where the record begins; of the one after the last, where it would. */
  #offsetOf(seq: number): number {
    return this.#offsets[seq - this.firstSeq] ?? this.#end;
  }
}
