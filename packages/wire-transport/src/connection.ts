/**
 * One connection that has passed the handshake: messages in and out, in the order of the conversations. It knows no
 * meaning of a message beyond FAILURE, and it never asks again by itself.
 *
 * A connection is broken once anything went wrong that is not a plain answer: a lost socket, a deadline, an abort, a
 * frame or message that is not legal, a FAILURE that came while messages of the other side may be under way.
 */
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import {
  type Chunk,
  type ConversationName,
  ConversationTracker,
  decodeMessage,
  encodeDataHeader,
  encodeMessage,
  type Incoming,
  type MessageBody,
  type MessageName,
  type Side,
} from '@netstore/wire-protocol';
import type { FrameSocket, ReadOptions } from './frame-socket.ts';
import type { ProvenPeer } from './handshake.ts';
import { type FailureContext, failureOf, refuse } from './refuse.ts';

export interface Peer extends ProvenPeer {
  /** `host:port`. */
  readonly address: string;
}

export interface ConnectionOptions {
  readonly socket: FrameSocket;
  readonly peer: ProvenPeer;
  /** Which side of the connection this process is. */
  readonly side: Side;
  /** The role of the side that opened the connection. */
  readonly clientRole: ProvenPeer['role'];
}

export class Connection implements AsyncDisposable {
  readonly peer: Peer;
  /** Resolves when the socket is gone, for whatever reason. */
  readonly closed: Promise<void>;
  readonly #socket: FrameSocket;
  readonly #tracker: ConversationTracker;
  readonly #side: Side;

  constructor({ socket, peer, side, clientRole }: ConnectionOptions) {
    this.#socket = socket;
    this.#side = side;
    this.#tracker = new ConversationTracker({ channel: peer.channel, role: clientRole });
    this.peer = { ...peer, address: socket.address };
    this.closed = socket.closed;
  }

  /** Nothing more can be sent. */
  get isBroken(): boolean {
    return this.#socket.ending !== undefined;
  }

  /** No conversation is under way, nothing unread is left, and the next conversation may begin. */
  get isIdle(): boolean {
    return !this.isBroken && this.#tracker.isIdle && !this.#socket.hasUnread;
  }

  /** The one that is under way. */
  get conversation(): ConversationName | undefined {
    return this.#tracker.current;
  }

  /**
   * Resolves when the socket has taken the message and wants more. Messages of several callers leave in the order of the
   * calls. Throws `NS_MESSAGE_UNEXPECTED` and `NS_INTERNAL` without effect; every other error leaves the connection broken.
   */
  async send<Name extends MessageName>(name: Name, body: MessageBody<Name>, signal?: AbortSignal): Promise<void> {
    if (name === 'DATA') return this.sendData(body as Chunk, signal);
    this.#throwIfBroken();
    const frame = encodeMessage(name, body);
    this.#tracker.step(this.#side, { name, body } as Incoming);
    return this.#socket.write([frame], signal);
  }

  /** Like `send('DATA', …)`. The bytes are not copied, and still on their way when the promise resolves: they must never change. */
  async sendData(chunk: Chunk, signal?: AbortSignal): Promise<void> {
    this.#throwIfBroken();
    const header = encodeDataHeader(chunk);
    this.#tracker.step(this.#side, { name: 'DATA', body: chunk });
    return this.#socket.write([header, chunk.bytes], signal);
  }

  /**
   * The next message. A FAILURE is thrown with its code and with `details` `{ epoch, primary, peer }`. Throws
   * `NS_CONNECTION_LOST` at the end of the connection and `NS_DEADLINE_EXCEEDED` after `timeoutMs`; both leave it broken, and so
   * does a message that is not legal, which is refused. One call at a time.
   */
  async receive(options: ReadOptions): Promise<Incoming> {
    const message = await this.#receiveAny(options);
    if (message.name !== 'FAILURE') return message;
    const { code, message: text, epoch, primary } = message.body;
    const failure = new NetStoreError(code, text, { details: { epoch, primary, peer: this.peer.nodeId ?? this.peer.address } });
    if (this.#tracker.isEnded) this.#socket.endGently(failure);
    throw failure;
  }

  async #receiveAny(options: ReadOptions): Promise<Incoming> {
    try {
      const message = decodeMessage(await this.#socket.read(options));
      this.#tracker.step(this.#side === 'client' ? 'server' : 'client', message);
      return message;
    } catch (error) {
      throw refuse(this.#socket, error);
    }
  }

  /** The body of the next message, which must be a `name`; any other is refused. Throws like `receive`. */
  async expect<Name extends MessageName>(name: Name, options: ReadOptions): Promise<MessageBody<Name>> {
    const message = await this.receive(options);
    if (message.name === name) return message.body as MessageBody<Name>;
    const unexpected = new NetStoreError('NS_MESSAGE_UNEXPECTED', `Message is unexpected: expected ${name}, got ${message.name}`);
    throw refuse(this.#socket, unexpected);
  }

  /** Sends a question and returns its answer. Throws like `send` and `expect`. */
  async request<Name extends MessageName, Answer extends MessageName>(
    name: Name,
    body: MessageBody<Name>,
    answer: Answer,
    options: ReadOptions,
  ): Promise<MessageBody<Answer>> {
    await this.send(name, body, options.signal);
    return this.expect(answer, options);
  }

  /**
   * Sends FAILURE. After it the next conversation may begin, or, where the peer may still be sending, the connection
   * ends once the peer has read it. Does nothing on a broken connection; never throws.
   */
  async fail(error: unknown, context: FailureContext = {}): Promise<void> {
    if (this.isBroken) return;
    const reason = toNetStoreError(error);
    const body = failureOf(reason, context);
    const frame = encodeMessage('FAILURE', body);
    this.#tracker.step(this.#side, { name: 'FAILURE', body });
    if (this.#tracker.isEnded) this.#socket.endGently(reason, frame);
    // A write that fails destroys the connection: the peer and the next caller find out by that.
    else await this.#socket.write([frame]).catch(() => undefined);
  }

  /** Ends the connection once the peer has got all that was sent. */
  end(reason: NetStoreError): void {
    this.#socket.endGently(reason);
  }

  /** Ends the connection at once; whoever waits on it gets `reason`. */
  destroy(reason: NetStoreError): void {
    this.#socket.destroy(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy(new NetStoreError('NS_CONNECTION_LOST', `Connection to ${this.peer.address} was closed by this side`));
    await this.closed;
  }

  #throwIfBroken(): void {
    if (this.#socket.ending !== undefined) throw this.#socket.ending;
  }
}
