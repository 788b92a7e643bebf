/**
 * The node's copy of the cluster's one sequence of operations: appended durably, proved at every start, cut only where another
 * log won. It knows records and positions; it does not know what they say, who else has them, or what is committed.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import { AppendQueue, type QueuedAppend } from './append-queue.ts';
import { chainEndAt } from './chain.ts';
import { compactStored } from './compact-stored.ts';
import { keepSuffix } from './divergent.ts';
import { Durability, type OnFatal } from './durability.ts';
import { DurableFolder } from './durable-folder.ts';
import { cutRuns, extendRuns } from './epoch-runs.ts';
import type { LogRecord } from './record.ts';
import { type Recovery, recoverLog, removeUnfinished, type TornTail } from './recover-log.ts';
import { repairStored } from './repair-stored.ts';
import { type Damage, damageBelow, requireSameMark, scanLog } from './scan-log.ts';
import { Segment } from './segment.ts';
import { SEGMENT_BYTES, splitAtSegments } from './segment-plan.ts';
import { StoredLog } from './stored-log.ts';
import { UncachedReader } from './uncached-reader.ts';
import { type Verified, verifyStored } from './verify-stored.ts';

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
  readonly stored: StoredLog;
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
  readonly #stored: StoredLog;
  readonly #queue: AppendQueue;
  readonly #uncached = new UncachedReader();
  /** The reader takes one after the other. */
  #verifying: Promise<unknown> = Promise.resolve();

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
      const stored = new StoredLog(segments, scan);
      return new ReplicatedLog({ options, durability, folder, stored, tornTail, damage });
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
    this.#stored = parts.stored;
    this.tornTail = parts.damage === undefined ? parts.tornTail : undefined;
    this.damage = parts.damage;
    this.#queue = new AppendQueue({
      end: () => this.#stored.end,
      freeBytes: () => this.#stored.tail?.freeBytes ?? 0,
      write: (records) => this.#write(records),
    });
  }

  /** The last durable record; `(0, zeros)` when the log is empty. */
  get last(): LogPosition {
    return this.#stored.last;
  }

  /** The epoch of the last durable record; 0 when the log is empty. */
  get lastEpoch(): number {
    return this.#stored.end.epoch;
  }

  /** The record behind which the log begins; `(0, zeros)` while it is kept whole. */
  get base(): LogPosition {
    return this.#stored.base.position;
  }

  /** Of the records from `fromSeq` on. */
  bytesFrom(fromSeq: number): number {
    return this.#stored.bytesFrom(fromSeq);
  }

  /** In order, the last one still being filled. */
  get segments(): readonly { readonly lastSeq: number; readonly sizeBytes: number }[] {
    return this.#stored.segments;
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
   * gives back other bytes than were written, and `NS_LOG_COMPACTED` when the log begins further on.
   */
  read(fromSeq: number, bytesMax: number): Promise<LogRecord[]> {
    return this.#stored.read(fromSeq, bytesMax);
  }

  /** Undefined when the log does not reach that far. Throws `NS_LOG_COMPACTED` when it begins further on. */
  positionAt(seq: number): Promise<LogPosition | undefined> {
    return this.#stored.positionAt(seq);
  }

  /** Undefined when the log does not reach that far; 0 for seq 0. Throws `NS_LOG_COMPACTED` when it begins further on. */
  epochAt(seq: number): number | undefined {
    return this.#stored.epochAt(seq);
  }

  /**
   * Reads records from the disk itself, past all caches, and says which are bad: from `fromSeq` on, at least one where there is one, until
   * `bytesMax`, the end of their file or the end of the first run of bad ones. Go on at `nextSeq`.
   */
  verify(fromSeq: number, bytesMax: number, signal: AbortSignal): Promise<Verified> {
    const verified = this.#verifying.then(() => {
      signal.throwIfAborted();
      return this.#stored.settled(() => verifyStored(this.#stored, { fromSeq, bytesMax }, this.#uncached));
    });
    this.#verifying = verified.catch(() => undefined);
    return verified;
  }

  /**
   * Puts whole records that a peer gave in the place of stored ones that went bad; durable on return. Throws `NS_CONFLICT` when they are
   * not the very records that stood there (the hash chain tells), `NS_LOG_DAMAGED` with the seq of another record that is bad and would
   * have to be given as well, and `NS_DISK_FULL`.
   */
  repair(records: readonly LogRecord[]): Promise<void> {
    return this.#queue.alone(() => repairStored(this.#stored, records, this.#place));
  }

  /**
   * Moves the records from `fromSeq` on into a file of divergent/: durable there before they leave the log, gone durably on return.
   * When VOTE's mark is at or above `fromSeq`, lower it first: a log that ends below its mark counts as damaged.
   */
  setAside(fromSeq: number): Promise<void> {
    if (fromSeq < 1) throw new NetStoreError('NS_BAD_REQUEST', `Log begins with record 1, asked to set aside from ${fromSeq}`);
    return this.#queue.alone(() => this.#cut(fromSeq));
  }

  /**
   * Lets go of the first `count` segments, durably. The caller knows that everything in them is in the catalogue and that no power cut
   * can take it from there. The last segment always stays.
   */
  compact(count: number): Promise<void> {
    return this.#queue.alone(() => compactStored(this.#stored, count, this.#place));
  }

  /** Waits for what was asked for before. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#durability.hasFailed) return;
    await this.#queue[Symbol.asyncDispose]();
    for (const segment of this.#stored.segments) await segment.close();
    await this.#folder[Symbol.asyncDispose]();
  }

  get #place(): Recovery {
    return { divergentDir: this.#divergentDir, folder: this.#folder, durability: this.#durability };
  }

  async #write(records: QueuedAppend['records']): Promise<void> {
    const { segments, tail, epochs } = this.#stored;
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
      await this.#stored.tail?.close();
      await segment.publish(this.#folder);
      segments.push(segment);
    }
    for (const record of records) extendRuns(epochs, record);
    const last = records.at(-1);
    if (last !== undefined) this.#stored.end = chainEndAt(last);
  }

  async #cut(fromSeq: number): Promise<void> {
    const stored = this.#stored;
    if (fromSeq > stored.last.seq) return;
    const position = await stored.positionAt(fromSeq - 1);
    const epoch = stored.epochAt(fromSeq - 1);
    if (position === undefined || epoch === undefined) throw new NetStoreError('NS_INTERNAL', `Log has no record ${fromSeq - 1}`);
    await keepSuffix(this.#divergentDir, { fromSeq, toSeq: stored.last.seq, parts: stored.storedFrom(fromSeq) }, this.#durability);
    stored.cutCount += 1;
    stored.end = { position, epoch };
    cutRuns(stored.epochs, fromSeq);
    // From the end on, so that what is left is a whole prefix at every moment.
    while ((stored.tail?.firstSeq ?? 0) >= fromSeq) {
      await stored.segments.pop()?.remove();
      await this.#folder.sync();
    }
    const { tail } = stored;
    if (tail !== undefined && tail.lastSeq >= fromSeq) await tail.cut(fromSeq);
  }
}
