/**
 * What was done here and is not yet with the auth service, in order. Sent in batches, again and again until it is kept; a batch has a number,
 * so that one whose answer was lost is kept once. While nobody takes it, it waits, up to a bound at which `hasRoom` ends.
 */
import { AUDIT_BATCH_MAX, type AuditBatch, type AuditReport } from '@netstore/shared-types';

const INTERVAL_MS = 500;
const WAITING_MAX = 20_000;

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
  #sending: Promise<boolean> | null = null;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#send(), INTERVAL_MS).unref();
  }

  /** False: begin nothing that needs an entry. */
  get hasRoom(): boolean {
    return this.#waiting.length < WAITING_MAX;
  }

  /** Takes it in any case: what has begun is noted. */
  note(report: AuditReport): void {
    this.#waiting.push(report);
    if (this.#waiting.length >= AUDIT_BATCH_MAX) void this.#send();
  }

  /** Returns when all that was noted is kept, or when sending failed; says which. */
  async flush(): Promise<boolean> {
    if (this.#sending !== null) await this.#sending;
    return await this.#send();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #send(): Promise<boolean> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<boolean> {
    try {
      for (let batch = this.#nextBatch(); batch !== null; batch = this.#nextBatch()) {
        await this.#options.send(batch);
        this.#sent = null;
      }
      return true;
    } catch (error) {
      this.#options.onFailed(error);
      return false;
    }
  }

  #nextBatch(): AuditBatch | null {
    if (this.#sent !== null || this.#waiting.length === 0) return this.#sent;
    const entries = this.#waiting.splice(0, AUDIT_BATCH_MAX);
    this.#batches += 1;
    this.#sent = { gateway: this.#gateway, batch: this.#batches, entries };
    return this.#sent;
  }
}
