/**
 * Puts appends in order and together: those that wait while one sync runs go into the next one. One write or cut runs at a time.
 */
import { NetStoreError } from '@netstore/shared-types';
import { type ChainEnd, chainEndAt, chainProblem } from './chain.ts';
import type { LogRecord } from './record.ts';

/** Of records that wait for their turn. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
/** Of records that share one sync. */
const GROUP_BYTES_MAX = 8 * 1024 * 1024;

interface Settling {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
export interface QueuedAppend extends Settling {
  readonly records: readonly LogRecord[];
  readonly bytes: number;
}
interface QueuedAlone extends Settling {
  readonly run: () => Promise<void>;
}

/** What the queue asks of the log, at the moment it needs it. */
export interface AppendTarget {
  readonly end: () => ChainEnd;
  /** In the present segment. */
  readonly freeBytes: () => number;
  /** Durable on return, and `end` tells so; or it throws and nothing has changed. */
  readonly write: (records: readonly LogRecord[]) => Promise<void>;
}

export class AppendQueue implements AsyncDisposable {
  readonly #target: AppendTarget;
  readonly #waiting: (QueuedAppend | QueuedAlone)[] = [];
  #waitingBytes = 0;
  #draining: Promise<void> | undefined;
  #isClosed = false;

  constructor(target: AppendTarget) {
    this.#target = target;
  }

  append(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    const bytes = records.reduce((sum, { encoded }) => sum + encoded.length, 0);
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
      return Promise.reject(
        new NetStoreError(
          'NS_BUSY',
          `Too many records are waiting to be written: ${this.#waitingBytes} bytes, at most ${WAITING_BYTES_MAX}`,
        ),
      );
    }
    this.#waitingBytes += bytes;
    return this.#enqueue((settling) => ({ ...settling, records, bytes }));
  }

  /** Runs when all that was asked for before is done, and before all that is asked for after. */
  alone(run: () => Promise<void>): Promise<void> {
    return this.#enqueue((settling) => ({ ...settling, run }));
  }

  /** Refuses what comes now, waits for what was asked for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#draining;
  }

  #enqueue(make: (settling: Settling) => QueuedAppend | QueuedAlone): Promise<void> {
    if (this.#isClosed) return Promise.reject(new NetStoreError('NS_UNAVAILABLE', 'Log is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push(make({ resolve, reject }));
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // One turn later, so that calls of the same moment go together.
    await Promise.resolve();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if ('run' in next) {
        this.#waiting.shift();
        await next.run().then(next.resolve, next.reject);
      } else {
        await this.#appendGroup(this.#takeGroup());
      }
    }
    this.#draining = undefined;
  }

  async #appendGroup(group: readonly QueuedAppend[]): Promise<void> {
    if (group.length === 0) return;
    try {
      await this.#target.write(group.flatMap(({ records }) => records));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  /** The next appends that continue the log one after the other and fit into the present segment; one that needs a new segment goes alone. */
  #takeGroup(): QueuedAppend[] {
    const group: QueuedAppend[] = [];
    const bytesMax = Math.min(GROUP_BYTES_MAX, this.#target.freeBytes());
    let end = this.#target.end();
    let groupBytes = 0;
    for (let next = this.#waiting[0]; next !== undefined && 'records' in next; next = this.#waiting[0]) {
      const checked = follow(end, next.records);
      if (typeof checked !== 'string' && group.length > 0 && groupBytes + next.bytes > bytesMax) break;
      this.#waiting.shift();
      this.#waitingBytes -= next.bytes;
      if (typeof checked === 'string') {
        next.reject(new NetStoreError('NS_CONFLICT', `Records do not continue the log: ${checked}`));
        continue;
      }
      group.push(next);
      groupBytes += next.bytes;
      end = checked;
    }
    return group;
  }
}

/** Where the chain ends with these records, or why they do not continue it. */
function follow(end: ChainEnd, records: readonly LogRecord[]): ChainEnd | string {
  let reached = end;
  for (const record of records) {
    const problem = chainProblem(reached, record);
    if (problem !== undefined) return problem;
    reached = chainEndAt(record);
  }
  return reached;
}
