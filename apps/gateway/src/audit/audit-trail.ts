/**
 * What was done here and is not yet with the auth service, in order. Sent in batches, again and again until it is kept; a batch has a number,
 * so that one whose answer was lost is kept once. While nobody takes it, it waits, up to a bound at which `hasRoom` ends.
 *
 * What the auth service refuses for what it is would be refused for ever, and everything behind it would wait: it is sent in smaller batches, and
 * an entry that is refused alone is kept without what it names.
 */
import { AUDIT_BATCH_BYTES_MAX, AUDIT_BATCH_MAX, type AuditBatch, type AuditReport, NetStoreError } from '@netstore/shared-types';
import { weightOf } from './audit-text.ts';

const INTERVAL_MS = 500;
const WAITING_MAX = 20_000;
/** By weight, which is no less than the bytes as JSON. Entries that name as much as they can weigh 24 KiB: by number alone they could take half a gigabyte. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
/** Some is left for what stands around the entries. */
const ENTRIES_BYTES_MAX = AUDIT_BATCH_BYTES_MAX - 1024;
/** Of an entry that could not be kept as it was. */
const LEFT_OUT = 'left out: the audit could not keep what was named here';
const REFUSED_AS_IT_IS: ReadonlySet<string> = new Set(['NS_BAD_REQUEST', 'NS_BODY_TOO_LARGE']);

interface AuditTrailOptions {
  readonly send: (batch: AuditBatch) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

export class AuditTrail implements AsyncDisposable {
  readonly #options: AuditTrailOptions;
  readonly #gateway = crypto.randomUUID();
  readonly #timer: NodeJS.Timeout;
  #batches = 0;
  /** Numbered, and perhaps with the auth service already: it is sent as it is. */
  #sent: AuditBatch | null = null;
  #waiting: AuditReport[] = [];
  #waitingBytes = 0;
  #sending: Promise<boolean> | null = null;
  /** Smaller after a batch was refused, until one is taken. */
  #countMax = AUDIT_BATCH_MAX;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#send(), INTERVAL_MS).unref();
  }

  /** False: begin nothing that needs an entry. */
  get hasRoom(): boolean {
    return this.#waiting.length < WAITING_MAX && this.#waitingBytes < WAITING_BYTES_MAX;
  }

  /** Takes it in any case: what has begun is noted. */
  note(report: AuditReport): void {
    this.#waiting.push(report);
    this.#waitingBytes += weightOf(report);
    if (this.#waiting.length >= AUDIT_BATCH_MAX) void this.#send();
  }

  /** Returns when all that was noted is kept, or when sending failed; says which. */
  async flush(): Promise<boolean> {
    if (this.#sending !== null) await this.#sending;
    return await this.#send();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    while ((await this.flush()) && this.#unkept > 0);
  }

  #send(): Promise<boolean> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  /** All that is noted by now. What comes in meanwhile waits for its own turn: sent at once it would go in batches of a few, each with its own sync. */
  async #sendAll(): Promise<boolean> {
    let left = this.#unkept;
    try {
      while (left > 0) left -= await this.#sendOne(this.#nextBatch());
      return true;
    } catch (error) {
      this.#options.onFailed(error);
      return false;
    }
  }

  /** How many were kept. */
  async #sendOne(batch: AuditBatch): Promise<number> {
    try {
      await this.#options.send(batch);
      this.#countMax = AUDIT_BATCH_MAX;
      this.#sent = null;
      return batch.entries.length;
    } catch (error) {
      const isCurable = error instanceof NetStoreError && REFUSED_AS_IT_IS.has(error.code) && !isStub(batch);
      if (!isCurable) throw error;
      this.#options.onFailed(error);
      this.#takeApart(batch.entries);
      this.#sent = null;
      return 0;
    }
  }

  #takeApart(entries: readonly AuditReport[]): void {
    const [first] = entries;
    this.#countMax = Math.max(1, Math.floor(entries.length / 2));
    const again = first === undefined || entries.length > 1 ? entries : [{ ...first, space: null, path: null, subject: LEFT_OUT }];
    this.#waiting.unshift(...again);
    for (const entry of again) this.#waitingBytes += weightOf(entry);
  }

  #nextBatch(): AuditBatch {
    if (this.#sent !== null) return this.#sent;
    this.#batches += 1;
    this.#sent = { gateway: this.#gateway, batch: this.#batches, entries: this.#takeNext() };
    return this.#sent;
  }

  /** At least one, and no more than a batch may weigh. */
  #takeNext(): AuditReport[] {
    let bytes = 0;
    const end = this.#waiting.slice(0, this.#countMax).findIndex((entry, index) => {
      const weight = weightOf(entry);
      if (index > 0 && bytes + weight > ENTRIES_BYTES_MAX) return true;
      bytes += weight;
      return false;
    });
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, end === -1 ? this.#countMax : end);
  }

  get #unkept(): number {
    return this.#waiting.length + (this.#sent?.entries.length ?? 0);
  }
}

/** One entry that names nothing: when even that is refused, nothing may go on unrecorded. */
function isStub({ entries }: AuditBatch): boolean {
  const [first] = entries;
  return entries.length === 1 && first?.space === null && first.path === null && first.subject === LEFT_OUT;
}
