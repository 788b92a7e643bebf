/**
 * Frames over one socket: written whole and in the order of the calls, read one by one when asked for. It knows frames
 * and limits, and nothing of what they mean.
 *
 * Memory: at most `READ_AHEAD_BYTES` and one unfinished frame wait to be read, then the socket is paused and TCP holds
 * the peer up; at most `WRITERS_MAX` frames wait to be written.
 */
import type { Socket } from 'node:net';
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import { type Frame, FrameDecoder, HANDSHAKE_PAYLOAD_BYTES_MAX } from '@netstore/wire-protocol';
import { toTransportError } from './transport-error.ts';
import { type Waiter, waitFor } from './wait-for.ts';
import { writeFully } from './write-fully.ts';

/** Bytes taken from the socket and not asked for yet. */
export const READ_AHEAD_BYTES = 256 * 1024;
/** Calls of `write` that may wait for their turn. */
export const WRITERS_MAX = 256;
/** How long the peer may take nothing of what is written to it. */
export const WRITE_PROGRESS_TIMEOUT_MS = 10_000;
/** How long a side that refused something waits for the other to go. */
export const LINGER_MS = 5_000;

export interface ReadOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export class FrameSocket {
  /** `host:port` of the other side. */
  readonly address: string;
  /** Resolves when the socket is gone. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder({ payloadBytesMax: HANDSHAKE_PAYLOAD_BYTES_MAX });
  #chunks: Buffer[] = [];
  #chunksBytes = 0;
  #decoding: Buffer | undefined;
  /** The frames of `#decoding` that were not read yet. */
  #frames: Iterator<Frame> | undefined;
  #reader: Waiter<Frame> | undefined;
  #lastWrite: Promise<void> = Promise.resolve();
  #writers = 0;
  #isLingering = false;
  #ending: NetStoreError | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.address = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
    this.closed = new Promise((resolve) => {
      if (socket.closed) resolve();
      else socket.once('close', () => resolve());
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.#end(new NetStoreError('NS_CONNECTION_LOST', `Peer ${this.address} ended the connection`)));
    socket.on('error', (error) => this.#end(toTransportError(error, `Connection to ${this.address}`)));
    socket.on('close', () => this.#end(new NetStoreError('NS_CONNECTION_LOST', `Connection to ${this.address} is closed`)));
  }

  /** Why nothing more can be sent or will come; undefined while the connection stands. */
  get ending(): NetStoreError | undefined {
    return this.#ending;
  }

  /** Bytes came that nobody has asked for. */
  get hasUnread(): boolean {
    return this.#chunksBytes > 0 || this.#decoder.unreadBytes > 0 || this.#decoder.isInsideFrame;
  }

  /** Ends the time in which only short frames are accepted. */
  allowLongFrames(payloadBytesMax: number): void {
    this.#decoder.payloadBytesMax = payloadBytesMax;
  }

  /**
   * Writes one frame. Resolves when the socket has taken it and wants more. Frames of several callers never mix. Any
   * failure destroys the connection, since the peer may have half a frame.
   */
  async write(parts: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
    if (this.#ending !== undefined) throw this.#ending;
    if (this.#writers >= WRITERS_MAX)
      throw this.destroy(new NetStoreError('NS_BUSY', `Too many writes wait on ${this.address}: at most ${WRITERS_MAX}`));
    const before = this.#lastWrite;
    const isFirst = this.#writers === 0;
    this.#writers += 1;
    const written = isFirst ? this.#writeNow(parts, signal) : before.then(() => this.#writeNow(parts, signal));
    // The next writer waits for this one's end, good or bad; after a bad one it is told by `ending`.
    this.#lastWrite = written.catch(() => undefined);
    try {
      await written;
    } finally {
      this.#writers -= 1;
    }
  }

  async #writeNow(parts: readonly Uint8Array[], signal: AbortSignal | undefined): Promise<void> {
    if (this.#ending !== undefined) throw this.#ending;
    try {
      await writeFully(this.#socket, parts, { progressTimeoutMs: WRITE_PROGRESS_TIMEOUT_MS, signal });
    } catch (error) {
      throw this.destroy(toNetStoreError(error));
    }
  }

  /**
   * The next frame. Throws what ended the connection, once all frames before the end are read. A deadline, an abort and
   * a frame that cannot be decoded end it too; after the last of these, a refusal can still be written.
   */
  read({ timeoutMs, signal }: ReadOptions): Promise<Frame> {
    if (this.#reader !== undefined) return Promise.reject(new NetStoreError('NS_INTERNAL', 'Two reads wait on one connection'));
    try {
      const frame = this.#nextFrame();
      if (frame !== undefined) return Promise.resolve(frame);
    } catch (error) {
      return Promise.reject(toNetStoreError(error));
    }
    if (this.#ending !== undefined) return Promise.reject(this.#ending);
    const doing = `Waiting for ${this.address}`;
    const onTimeout = (): NetStoreError =>
      new NetStoreError('NS_DEADLINE_EXCEEDED', `No answer from ${this.address} within ${timeoutMs} ms`);
    const received = waitFor<Frame>({ timeoutMs, doing, onTimeout, signal }, (waiter) => {
      this.#reader = waiter;
      return () => {
        this.#reader = undefined;
      };
    });
    return received.catch((error: unknown) => {
      const ending = toNetStoreError(error);
      if (ending.code === 'NS_DEADLINE_EXCEEDED' || signal?.aborted === true) this.destroy(ending);
      throw ending;
    });
  }

  /** Ends the connection at once. Returns why it ended: `reason`, unless it had ended before. */
  destroy(reason: NetStoreError): NetStoreError {
    this.#end(reason);
    this.#socket.destroy();
    return this.#ending ?? reason;
  }

  /**
   * Ends the connection so that the peer still gets what was written, and `lastFrame` after it. Closing with unread bytes
   * would make TCP reset the connection and throw that away, so what comes is read and dropped until the peer goes, for
   * `LINGER_MS`.
   */
  endGently(reason: NetStoreError, lastFrame?: Uint8Array): void {
    if (this.#ending !== undefined) return;
    this.#end(reason);
    this.#isLingering = true;
    this.#dropUnread();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    void this.closed.then(() => clearTimeout(timer));
    void this.#lastWrite.then(() => (lastFrame === undefined ? this.#socket.end() : this.#socket.end(lastFrame)));
    this.#socket.resume();
  }

  #receive(chunk: Buffer): void {
    if (this.#isLingering) return;
    this.#chunks.push(chunk);
    this.#chunksBytes += chunk.length;
    if (this.#reader !== undefined) this.#serveReader(this.#reader);
    if (this.#chunksBytes >= READ_AHEAD_BYTES) this.#socket.pause();
  }

  #serveReader(reader: Waiter<Frame>): void {
    try {
      const frame = this.#nextFrame();
      if (frame !== undefined) reader.resolve(frame);
    } catch (error) {
      reader.reject(toNetStoreError(error));
    }
  }

  /** Undefined when more bytes are needed. */
  #nextFrame(): Frame | undefined {
    for (;;) {
      const next = this.#frames?.next();
      if (next?.done === false) return next.value;
      if (this.#decoding !== undefined) freeChunk(this.#decoding);
      this.#frames = undefined;
      this.#decoding = this.#chunks.shift();
      if (this.#decoding === undefined) return undefined;
      this.#chunksBytes -= this.#decoding.length;
      if (this.#socket.isPaused() && this.#chunksBytes < READ_AHEAD_BYTES) this.#socket.resume();
      this.#frames = this.#decoder.push(this.#decoding);
    }
  }

  #dropUnread(): void {
    this.#chunks = [];
    this.#chunksBytes = 0;
    this.#decoding = undefined;
    this.#frames = undefined;
  }

  #end(reason: NetStoreError): void {
    if (this.#ending !== undefined) return;
    this.#ending = reason;
    this.#reader?.reject(reason);
  }
}

/**
 * Gives the memory of a chunk back at once instead of at the next collection. Node allocates 64 KiB for every read, and V8
 * marks the whole heap each time some 30 MB of such memory have come together: at full speed, dozens of times a second.
 */
function freeChunk(chunk: Buffer): void {
  const isAlone = chunk.byteLength === chunk.buffer.byteLength;
  if (isAlone && chunk.buffer instanceof ArrayBuffer) chunk.buffer.transfer(0);
}
