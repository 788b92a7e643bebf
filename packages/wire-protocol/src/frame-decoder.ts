/**
 * Cuts the bytes of a connection into frames, however they were split on the way. Refuses a frame by its header, before
 * a byte of its payload is kept: one that is longer than allowed, and one of a type that nobody knows.
 *
 * It holds at most one unfinished payload. Every byte of a payload is copied once, so that nothing it yields shares
 * memory with a chunk and whoever read the chunk may free it.
 */
import { NetStoreError } from '@netstore/shared-types';
import { FRAME_HEADER_BYTES, type Frame } from './frame.ts';
import { MESSAGES, messageNameOf } from './message.ts';
import { allocatePayload } from './payload-slab.ts';

/** The longest payload of any message. */
export const PAYLOAD_BYTES_MAX = Math.max(...Object.values(MESSAGES).map(({ payloadBytesMax }) => payloadBytesMax));
/** The longest payload before the handshake is done: a stranger costs no more memory than this. */
export const HANDSHAKE_PAYLOAD_BYTES_MAX = 4096;

interface Unfinished {
  readonly type: number;
  readonly payload: Buffer;
  filled: number;
}

export class FrameDecoder {
  /** No payload may be longer, whatever its type allows. Raised when the handshake is done. */
  payloadBytesMax: number;
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  #unfinished: Unfinished | undefined;
  #unreadBytes = 0;

  constructor({ payloadBytesMax = PAYLOAD_BYTES_MAX }: { readonly payloadBytesMax?: number } = {}) {
    this.payloadBytesMax = payloadBytesMax;
  }

  /** Whether the bytes so far end inside a frame. */
  get isInsideFrame(): boolean {
    return this.#headerFilled > 0 || this.#unfinished !== undefined;
  }

  /** Bytes of the present chunk behind the frame that was yielded last. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /**
   * Yields the frames that end in `chunk`. Each chunk is to be run to its end before the next. Throws
   * `NS_FRAME_TOO_LARGE`, `NS_FRAME_MALFORMED` and `NS_MESSAGE_UNKNOWN`; nothing can be decoded after that.
   */
  *push(chunk: Uint8Array): Generator<Frame, void, void> {
    let at = 0;
    this.#unreadBytes = 0;
    while (at < chunk.length) {
      if (this.#unfinished === undefined) {
        at = this.#readHeader(chunk, at);
        if (this.#headerFilled < FRAME_HEADER_BYTES) return;
        this.#unfinished = this.#beginFrame();
      }
      const { type, payload, filled } = this.#unfinished;
      const taken = Math.min(payload.length - filled, chunk.length - at);
      payload.set(chunk.subarray(at, at + taken), filled);
      at += taken;
      this.#unfinished.filled += taken;
      if (this.#unfinished.filled < payload.length) return;
      this.#unfinished = undefined;
      this.#unreadBytes = chunk.length - at;
      yield { type, payload };
    }
  }

  /** Returns where the header ends in `chunk`. An over-long length is refused before the type byte has come. */
  #readHeader(chunk: Uint8Array, at: number): number {
    const taken = Math.min(FRAME_HEADER_BYTES - this.#headerFilled, chunk.length - at);
    this.#header.set(chunk.subarray(at, at + taken), this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled >= 4) this.#checkLength();
    return at + taken;
  }

  #checkLength(): void {
    const length = this.#header.readUInt32BE(0);
    if (length === 0) throw new NetStoreError('NS_FRAME_MALFORMED', 'Frame has no type: expected a length of at least 1, got 0');
    if (length - 1 > this.payloadBytesMax) {
      throw new NetStoreError(
        'NS_FRAME_TOO_LARGE',
        `Frame is too long: at most ${this.payloadBytesMax} bytes of payload, got ${length - 1}`,
      );
    }
  }

  #beginFrame(): Unfinished {
    this.#headerFilled = 0;
    const type = this.#header.readUInt8(4);
    const payloadBytes = this.#header.readUInt32BE(0) - 1;
    const name = messageNameOf(type);
    const { payloadBytesMax } = MESSAGES[name];
    if (payloadBytes > payloadBytesMax) {
      throw new NetStoreError(
        'NS_FRAME_TOO_LARGE',
        `${name} is too long: at most ${payloadBytesMax} bytes of payload, got ${payloadBytes}`,
      );
    }
    return { type, payload: allocatePayload(payloadBytes), filled: 0 };
  }
}
