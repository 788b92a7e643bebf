/**
 * The node's copy of the cluster's one sequence of operations: appended durably, proved at every start, cut only where another
 * log won. It knows records and positions; it does not know what they say, who else has them, or what is committed.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import { AppendQueue, type QueuedAppend } from './append-queue.ts';
import { CHAIN_START, type ChainEnd, chainEndAt } from './chain.ts';
import { keepSuffix } from './divergent.ts';
import { Durability, type OnFatal } from './durability.ts';
import { DurableFolder } from './durable-folder.ts';
import { cutRuns, type EpochRun, epochIn, extendRuns } from './epoch-runs.ts';
import { expectRecord, readStored } from './read-records.ts';
import type { LogRecord } from './record.ts';
import { recoverLog, removeUnfinished, type TornTail } from './recover-log.ts';
import { type Damage, damageBelow, requireSameMark, scanLog } from './scan-log.ts';
import { Segment } from './segment.ts';
import { SEGMENT_BYTES, splitAtSegments } from './segment-plan.ts';

export interface OpenLogOptions {
  readonly dir: string;
  /** Where suffixes and torn bytes go; on the same file system as `dir`. */
  readonly divergentDir: string;
  /** The last position this node acknowledged, from VOTE; `(0, zeros)` when there is none. */
  readonly mark: LogPosition;
  readonly segmentBytes?: number;
  readonly onFatal?: OnFatal;
}

interface LogParts {
  readonly options: OpenLogOptions;
  readonly durability: Durability;
  readonly folder: DurableFolder;
  readonly segments: Segment[];
  readonly end: ChainEnd;
  readonly epochs: EpochRun[];
  readonly tornTail: TornTail | undefined;
  readonly damage: Damage | undefined;
}

export class ReplicatedLog implements AsyncDisposable {
  /** What opening found behind the last whole record above the mark and set aside; undefined when the log ended cleanly. */
  readonly tornTail: TornTail | undefined;
  /**
   * Acknowledged records that opening found bad or missing; what stood behind them is in divergent/. The log ends below its mark until
   * a peer has given them again, and is found damaged at every opening until then.
   */
  readonly damage: Damage | undefined;
  readonly #dir: string;
  readonly #divergentDir: string;
  readonly #segmentBytes: number;
  readonly #durability: Durability;
  readonly #folder: DurableFolder;
  readonly #segments: Segment[];
  readonly #epochs: EpochRun[];
  readonly #queue: AppendQueue;
  #end: ChainEnd;
  /** Counts the times records left the log, so that a read notices that they left under its hands. */
  #cutCount = 0;

  /**
   * Proves every record of the log and sets aside what cannot be read, see `tornTail` and `damage`. Throws `NS_LOG_DAMAGED` when the
   * record at the mark is another one than was acknowledged, and `NS_VERSION_UNSUPPORTED` when a newer program wrote to the log;
   * nothing is changed then. Throws `NS_DISK_FULL` when there is no room to keep what was acknowledged.
   */
  static async open(options: OpenLogOptions): Promise<ReplicatedLog> {
    const durability = new Durability(options.onFatal);
    await removeUnfinished(options.dir);
    const scan = await scanLog(options.dir, options.mark.seq);
    requireSameMark(scan, options.mark);
    const damage = damageBelow(scan, options.mark.seq);
    const folder = await DurableFolder.open(options.dir, durability);
    try {
      const { segments, tornTail } = await recoverLog(scan, options.mark.seq, { divergentDir: options.divergentDir, folder, durability });
      return new ReplicatedLog({ options, durability, folder, segments, end: scan.end, epochs: scan.epochs, tornTail, damage });
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(parts: LogParts) {
    this.#dir = parts.options.dir;
    this.#divergentDir = parts.options.divergentDir;
    this.#segmentBytes = parts.options.segmentBytes ?? SEGMENT_BYTES;
    this.#durability = parts.durability;
    this.#folder = parts.folder;
    this.#segments = parts.segments;
    this.#end = parts.end;
    this.#epochs = parts.epochs;
    this.tornTail = parts.damage === undefined ? parts.tornTail : undefined;
    this.damage = parts.damage;
    this.#queue = new AppendQueue({
      end: () => this.#end,
      freeBytes: () => this.#segments.at(-1)?.freeBytes ?? 0,
      write: (records) => this.#write(records),
    });
  }

  /** The last durable record; `(0, zeros)` when the log is empty. */
  get last(): LogPosition {
    return this.#end.position;
  }

  /** The epoch of the last durable record; 0 when the log is empty. */
  get lastEpoch(): number {
    return this.#end.epoch;
  }

  /** The first record of `lastEpoch`; 0 when the log is empty. */
  get epochStartSeq(): number {
    return this.#epochs.at(-1)?.fromSeq ?? 0;
  }

  /**
   * Durable on return. Calls that wait at the same time share one sync. Throws `NS_CONFLICT` when the records do not continue the log
   * as it is when their turn comes, `NS_DISK_FULL` with the log as it was, and `NS_BUSY` when too much is waiting.
   */
  append(records: readonly LogRecord[]): Promise<void> {
    return this.#queue.append(records);
  }

  /**
   * Whole records from `fromSeq` on, as many as `bytesMax` holds but at least one if there is one. Throws `NS_LOG_DAMAGED` when the disk
   * gives back other bytes than were written.
   */
  async read(fromSeq: number, bytesMax: number): Promise<LogRecord[]> {
    if (fromSeq < 1) throw new NetStoreError('NS_BAD_REQUEST', `Log begins with record 1, asked for ${fromSeq}`);
    for (;;) {
      const cutCount = this.#cutCount;
      try {
        const records = await this.#readOnce(fromSeq, bytesMax);
        if (cutCount === this.#cutCount) return records;
      } catch (error) {
        if (cutCount === this.#cutCount) throw error;
      }
      // Records were set aside meanwhile: what was read may be neither what was nor what is.
    }
  }

  /** Undefined when the log does not reach that far. */
  async positionAt(seq: number): Promise<LogPosition | undefined> {
    if (seq === 0) return CHAIN_START.position;
    if (seq === this.last.seq) return this.last;
    const [record] = await this.read(seq, 0);
    return record === undefined ? undefined : { seq: record.seq, hash: record.hash };
  }

  /** Undefined when the log does not reach that far; 0 for seq 0. */
  async epochAt(seq: number): Promise<number | undefined> {
    if (seq === 0) return 0;
    return seq > this.last.seq ? undefined : epochIn(this.#epochs, seq);
  }

  /**
   * Moves the records from `fromSeq` on into a file of divergent/: durable there before they leave the log, gone durably on return.
   * When VOTE's mark is at or above `fromSeq`, lower it first: a log that ends below its mark counts as damaged.
   */
  setAside(fromSeq: number): Promise<void> {
    if (fromSeq < 1) throw new NetStoreError('NS_BAD_REQUEST', `Log begins with record 1, asked to set aside from ${fromSeq}`);
    return this.#queue.alone(() => this.#cut(fromSeq));
  }

  /** Waits for what was asked for before. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#durability.hasFailed) return;
    await this.#queue[Symbol.asyncDispose]();
    for (const segment of this.#segments) await segment.close();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #write(records: QueuedAppend['records']): Promise<void> {
    const tail = this.#segments.at(-1);
    const [forTail, ...further] = splitAtSegments(records, { freeBytes: tail?.freeBytes ?? 0, segmentBytes: this.#segmentBytes });
    const prepared: Segment[] = [];
    try {
      // New files first: once they stand complete, no step that is left can run out of room.
      for (const { records: own, sizeBytes } of further) {
        prepared.push(await Segment.prepare({ dir: this.#dir, sizeBytes, records: own }, this.#durability));
      }
      if (tail !== undefined && forTail.records.length > 0) await tail.append(forTail.records);
    } catch (error) {
      for (const segment of prepared) await segment.abandon();
      throw error;
    }
    for (const segment of prepared) {
      await this.#segments.at(-1)?.close();
      await segment.publish(this.#folder);
      this.#segments.push(segment);
    }
    for (const record of records) extendRuns(this.#epochs, record);
    const last = records.at(-1);
    if (last !== undefined) this.#end = chainEndAt(last);
  }

  async #readOnce(fromSeq: number, bytesMax: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let seq = fromSeq;
    let bytesLeft = bytesMax;
    while (seq <= this.last.seq && (bytesLeft > 0 || records.length === 0)) {
      const segment = this.#segmentOf(seq);
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

  async #cut(fromSeq: number): Promise<void> {
    if (fromSeq > this.last.seq) return;
    const position = await this.positionAt(fromSeq - 1);
    const epoch = await this.epochAt(fromSeq - 1);
    if (position === undefined || epoch === undefined) throw new NetStoreError('NS_INTERNAL', `Log has no record ${fromSeq - 1}`);
    await keepSuffix(this.#divergentDir, { fromSeq, toSeq: this.last.seq, parts: this.#storedFrom(fromSeq) }, this.#durability);
    this.#cutCount += 1;
    this.#end = { position, epoch };
    cutRuns(this.#epochs, fromSeq);
    // From the end on, so that what is left is a whole prefix at every moment.
    while ((this.#segments.at(-1)?.firstSeq ?? 0) >= fromSeq) {
      await this.#segments.pop()?.remove();
      await this.#folder.sync();
    }
    const tail = this.#segments.at(-1);
    if (tail !== undefined && tail.lastSeq >= fromSeq) await tail.cut(fromSeq);
  }

  /** As the bytes stand: a suffix that leaves the log may be damaged, and is kept as it is. */
  async *#storedFrom(fromSeq: number): AsyncGenerator<Buffer> {
    let seq = fromSeq;
    while (seq <= this.last.seq) {
      const segment = this.#segmentOf(seq);
      yield await readStored(segment, seq, Number.POSITIVE_INFINITY);
      seq = segment.lastSeq + 1;
    }
  }

  #segmentOf(seq: number): Segment {
    const segment = this.#segments.findLast(({ firstSeq }) => firstSeq <= seq);
    if (segment === undefined) throw new NetStoreError('NS_INTERNAL', `Log has no segment with record ${seq}`);
    return segment;
  }
}
