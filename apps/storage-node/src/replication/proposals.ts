/**
 * Group commit on the primary: operations that wait together become one append, one sync and one send. Alive for one
 * epoch; when it ends, those who still wait learn that the outcome is unknown.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import type { CommittedOutcome } from '../catalogue/catalogue.ts';
import { type LogRecord, RECORD_PAYLOAD_BYTES_MAX, type RecordType, sealRecord } from '../log/record.ts';

/** Records in one append. */
const GROUP_RECORDS_MAX = 512;
/** Payload bytes in one append; one larger payload goes alone. */
const GROUP_BYTES_MAX = 1024 * 1024;
/** Operations waiting to be appended, and their payloads. */
const QUEUE_MAX = 4096;
const QUEUE_BYTES_MAX = 64 * 1024 * 1024;
/** Operations appended and not committed: without a second member the log must not grow for ever. */
const PENDING_MAX = 8192;

export interface ProposalsOptions {
  readonly epoch: number;
  readonly now: () => number;
  /** The position that the next record continues. */
  readonly last: () => LogPosition;
  /** Makes the records durable here and starts sending them. When it cannot, it closes these proposals; it never rejects. */
  readonly append: (records: readonly LogRecord[]) => Promise<void>;
}

interface Proposal extends Answering {
  readonly type: RecordType;
  readonly payload: Uint8Array;
}

interface Answering {
  readonly resolve: (outcome: CommittedOutcome | null) => void;
  readonly reject: (error: NetStoreError) => void;
}

interface Pending extends Answering {
  /** By the monotonic clock. */
  readonly sinceMs: number;
}

export class Proposals {
  readonly #options: ProposalsOptions;
  readonly #queue: Proposal[] = [];
  /** Appended and not yet applied, by seq. */
  readonly #pending = new Map<number, Pending>();
  #queueBytes = 0;
  #isAppending = false;
  #isPaused = false;
  #lastTimeMs = 0;
  #closed: NetStoreError | undefined;

  constructor(options: ProposalsOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the outcome once it is committed and applied here; `null` for a record that is no operation.
   * Throws `NS_BUSY` and `NS_BODY_TOO_LARGE` (nothing happened), `NS_NO_QUORUM` when the epoch ends first (outcome unknown).
   */
  propose(type: RecordType, payload: Uint8Array): Promise<CommittedOutcome | null> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (payload.length > RECORD_PAYLOAD_BYTES_MAX) {
      return Promise.reject(
        new NetStoreError('NS_BODY_TOO_LARGE', `Operation is too large: ${payload.length} bytes, at most ${RECORD_PAYLOAD_BYTES_MAX}`),
      );
    }
    const isFull = this.#queue.length >= QUEUE_MAX || (this.#queue.length > 0 && this.#queueBytes + payload.length > QUEUE_BYTES_MAX);
    if (isFull) return Promise.reject(new NetStoreError('NS_BUSY', `Too many operations wait to be logged: at most ${QUEUE_MAX}`));
    if (this.#pending.size >= PENDING_MAX) {
      return Promise.reject(new NetStoreError('NS_BUSY', `Too many operations wait for a second member: at most ${PENDING_MAX}`));
    }
    return new Promise((resolve, reject) => {
      this.#queueBytes += payload.length;
      this.#queue.push({ type, payload, resolve, reject });
      void this.#appendAll();
    });
  }

  /** Until disposed of, what is proposed waits and is not appended. */
  pause(): Disposable {
    this.#isPaused = true;
    return {
      [Symbol.dispose]: () => {
        this.#isPaused = false;
        void this.#appendAll();
      },
    };
  }

  /** How long the oldest of what was appended has waited to be committed and applied; 0 when nothing waits. */
  get oldestAgeMs(): number {
    const [oldest] = this.#pending.values();
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  /** Everything that was appended is committed and applied. */
  get isIdle(): boolean {
    return !this.#isAppending && this.#pending.size === 0;
  }

  async #appendAll(): Promise<void> {
    if (this.#isAppending) return;
    this.#isAppending = true;
    while (this.#queue.length > 0 && this.#closed === undefined && !this.#isPaused) await this.#appendGroup(this.#takeGroup());
    this.#isAppending = false;
  }

  #takeGroup(): Proposal[] {
    let bytes = 0;
    let count = 0;
    for (const proposal of this.#queue) {
      bytes += proposal.payload.length;
      if (count > 0 && (bytes > GROUP_BYTES_MAX || count >= GROUP_RECORDS_MAX)) break;
      count += 1;
    }
    const group = this.#queue.splice(0, count);
    for (const { payload } of group) this.#queueBytes -= payload.length;
    return group;
  }

  async #appendGroup(group: readonly Proposal[]): Promise<void> {
    const records: LogRecord[] = [];
    const sinceMs = performance.now();
    for (const proposal of group) {
      const record = this.#seal(proposal, records.at(-1) ?? this.#options.last());
      records.push(record);
      // Without the payload, which the log has now.
      const { resolve, reject } = proposal;
      this.#pending.set(record.seq, { resolve, reject, sinceMs });
    }
    await this.#options.append(records);
  }

  #seal(proposal: Proposal, previous: LogPosition): LogRecord {
    // Time never runs backwards within an epoch, whatever the clock does: retention is counted by it.
    this.#lastTimeMs = Math.max(this.#lastTimeMs, this.#options.now());
    return sealRecord({
      seq: previous.seq + 1,
      epoch: this.#options.epoch,
      timeMs: this.#lastTimeMs,
      previous: previous.hash,
      type: proposal.type,
      payload: proposal.payload,
    });
  }

  /** The record at `seq` was applied. */
  settle(seq: number, outcome: CommittedOutcome | null): void {
    this.#pending.get(seq)?.resolve(outcome);
    this.#pending.delete(seq);
  }

  close(reason: string): void {
    this.#closed = new NetStoreError('NS_NO_QUORUM', `The operation may or may not have happened: ${reason}`);
    for (const proposal of [...this.#pending.values(), ...this.#queue]) proposal.reject(this.#closed);
    this.#pending.clear();
    this.#queue.length = 0;
  }
}
