/**
 * Reads a request body at the pace of whoever takes the bytes, and gives up on a client that stops sending: 30 s without a
 * byte, or less than 1 KiB/s after the first minute. Only time spent waiting for the client counts, never the time that the
 * nodes need. Ends of the connection become `NetStoreError`s here.
 */
import type { Readable } from 'node:stream';
import { NetStoreError } from '@netstore/shared-types';

export interface BodyLimits {
  readonly idleMs: number;
  readonly rateBytesPerSecondMin: number;
  /** The rate is looked at only after so much waiting. */
  readonly rateGraceMs: number;
}

export const BODY_LIMITS: BodyLimits = { idleMs: 30_000, rateBytesPerSecondMin: 1024, rateGraceMs: 60_000 };

/** How much of an unwanted body is read and thrown away, so that the client gets to see the answer. */
const DISCARD_BYTES_MAX = 64 * 1024 * 1024;
const DISCARD_MS_MAX = 10_000;

export class BodyReader {
  readonly #stream: Readable;
  readonly #limits: BodyLimits;
  readonly #wake = (): void => this.#resume?.();
  readonly #fail = (cause: Error): void => {
    this.#failure ??= new NetStoreError('NS_BODY_LENGTH_MISMATCH', 'The body ended before its end', { cause });
    this.#resume?.();
  };
  #resume: (() => void) | undefined;
  #failure: NetStoreError | undefined;
  #readBytes = 0;
  #waitedMs = 0;

  constructor(stream: Readable, limits: BodyLimits = BODY_LIMITS) {
    this.#stream = stream;
    this.#limits = limits;
    for (const event of ['readable', 'end', 'close']) stream.on(event, this.#wake);
    stream.on('error', this.#fail);
  }

  /** Bytes given out so far. */
  get readBytes(): number {
    return this.#readBytes;
  }

  /**
   * The next bytes, or `null` at the end. Throws `NS_BODY_TIMEOUT` when they come too slowly, `NS_BODY_LENGTH_MISMATCH` when the
   * connection ends first, and the reason of `signal` when that is aborted.
   */
  async read(signal: AbortSignal): Promise<Buffer | null> {
    for (;;) {
      signal.throwIfAborted();
      const bytes: Buffer | null = this.#failure === undefined ? this.#stream.read() : null;
      if (bytes !== null) {
        this.#readBytes += bytes.length;
        return bytes;
      }
      if (this.#stream.readableEnded) return null;
      if (this.#stream.destroyed) this.#fail(new Error('closed'));
      if (this.#failure !== undefined) throw this.#failure;
      await this.#waitForClient(signal);
    }
  }

  /**
   * Ends the reading. What is left of the body is read and thrown away; when that is too much, it costs the client its connection.
   * Never rejects.
   */
  async finish(): Promise<void> {
    try {
      await this.#discard();
    } catch {
      this.#stream.destroy();
    }
    for (const event of ['readable', 'end', 'close']) this.#stream.off(event, this.#wake);
    // The listener for errors stays: a late one has nobody to go to, and must not become an uncaught exception.
  }

  async #discard(): Promise<void> {
    const signal = AbortSignal.timeout(DISCARD_MS_MAX);
    const limitBytes = this.#readBytes + DISCARD_BYTES_MAX;
    while ((await this.read(signal)) !== null) {
      if (this.#readBytes > limitBytes) throw new NetStoreError('NS_BODY_TOO_LARGE', 'The rest of the body is too long to be read');
    }
  }

  async #waitForClient(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const startedAtMs = performance.now();
    const onAbort = () => reject(signal.reason);
    const timer = setTimeout(() => reject(tooSlow(`no byte came for ${this.#limits.idleMs / 1000} s`)), this.#limits.idleMs);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#resume = resolve;
    try {
      await promise;
    } finally {
      this.#resume = undefined;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      this.#waitedMs += performance.now() - startedAtMs;
    }
    this.#checkRate();
  }

  #checkRate(): void {
    const { rateBytesPerSecondMin, rateGraceMs } = this.#limits;
    if (this.#waitedMs < rateGraceMs) return;
    const rate = this.#readBytes / (this.#waitedMs / 1000);
    if (rate < rateBytesPerSecondMin) throw tooSlow(`expected ${rateBytesPerSecondMin} bytes a second or more, got ${Math.floor(rate)}`);
  }
}

function tooSlow(reason: string): NetStoreError {
  return new NetStoreError('NS_BODY_TIMEOUT', `The body arrives too slowly: ${reason}`);
}
