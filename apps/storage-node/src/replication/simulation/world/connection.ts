/** One end of a connection. Within a direction messages come in order; the connection may be cut between any two of them. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { type Fiber, type Life, SimPulse } from './fiber.ts';
import type { Message, MessageName, MessageOf } from './messages.ts';
import type { Random } from './random.ts';
import { SimError } from './sim-error.ts';
import type { TimeLine } from './time-line.ts';

const RETRANSMIT_MS = 120;

export type Channel = 'control' | 'log' | 'conversation' | 'gateway';

/** Who is at the other end, as the handshake has proved it. */
export interface PeerName {
  readonly nodeId: NodeId;
  readonly incarnation: Incarnation | null;
}

export interface EndPoint {
  readonly name: PeerName;
  readonly life: Life;
}

/** What connections need of the network. */
export interface Carrier {
  readonly time: TimeLine;
  readonly random: Random;
  /** For one message, drawn anew each time. */
  readonly delayMs: number;
  isBlocked(from: NodeId, to: NodeId): boolean;
  /** A process listens there. */
  isUp(nodeId: NodeId): boolean;
  /** The first message of who dialled goes out. */
  opened(ends: Ends, question: Message): void;
  closed(connection: Connection): void;
}

export interface Ends {
  readonly channel: Channel;
  readonly isDialler: boolean;
  readonly own: EndPoint;
  readonly peer: EndPoint;
}

/** One end. */
export class Connection {
  readonly channel: Channel;
  readonly peer: PeerName;
  readonly changed = new SimPulse();
  isBroken = false;
  readonly #network: Carrier;
  readonly #ends: Ends;
  #hasSpoken = false;
  #far: Connection | undefined;
  readonly #inbox: Message[] = [];
  /** On its way from here; the first is under way already. `null`: the end of it. */
  #sent: (Message | null)[] = [];

  constructor(network: Carrier, ends: Ends) {
    const { channel, peer } = ends;
    this.#network = network;
    this.#ends = ends;
    this.channel = channel;
    // As it is now: a disk that gets its identity later is another peer.
    this.peer = { nodeId: peer.name.nodeId, incarnation: peer.name.incarnation };
  }

  join(far: Connection): void {
    this.#far = far;
    far.#far = this;
  }

  send(message: Message): void {
    if (this.isBroken) return;
    if (!this.#hasSpoken && this.#ends.isDialler) this.#network.opened(this.#ends, message);
    this.#hasSpoken = true;
    this.#push(message);
  }

  #push(message: Message | null): void {
    this.#sent.push(message);
    if (this.#sent.length === 1) this.#network.time.after(this.#network.delayMs, () => this.#deliver());
  }

  #deliver(): void {
    const far = this.#far as Connection;
    if (this.#sent.length === 0) return;
    if (this.#network.isBlocked(this.#ends.own.name.nodeId, this.peer.nodeId)) {
      this.#network.time.after(RETRANSMIT_MS * this.#network.random.between(0.5, 1.5), () => this.#deliver());
      return;
    }
    // The machine is up again and knows nothing of this connection: it says so.
    if (far.#ends.own.life.isDead && this.#network.isUp(this.peer.nodeId)) this.#break();
    const message = this.#sent.shift();
    if (message === null) far.#break();
    else if (message !== undefined && !far.isBroken) {
      far.#inbox.push(message);
      far.changed.notify();
    }
    if (this.#sent.length > 0) this.#network.time.after(this.#network.delayMs * 0.2, () => this.#deliver());
  }

  #break(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.#network.closed(this);
    this.changed.notify();
  }

  /** Ends it from here. What was sent and has not arrived may be lost with it, from any message on. */
  destroy(): void {
    if (this.isBroken) return;
    this.#break();
    const count = this.#sent.length;
    this.#sent = this.#sent.slice(0, Math.max(1, this.#network.random.below(count + 1)));
    if (count === 0) this.#push(null);
    else this.#sent.push(null);
  }

  /** Both ends lose it. */
  cut(): void {
    this.destroy();
    this.#far?.destroy();
  }

  died(life: Life, isHeard: boolean): void {
    const far = this.#far as Connection;
    if (this.#ends.own.life !== life && far.#ends.own.life !== life) return;
    const [dead, alive] = this.#ends.own.life === life ? [this, far] : [far, this];
    dead.#break();
    this.#network.closed(this);
    if (isHeard) dead.#push(null);
    else dead.#sent = [];
    alive.#sent = alive.#sent.slice(0, 1);
  }

  /** The next message. Throws `NS_CONNECTION_LOST` when there will be none, `NS_DEADLINE_EXCEEDED` (and ends the connection) when none comes in time. */
  *receive(timeoutMs: number): Fiber<Message> {
    const untilMs = this.#network.time.nowMs + timeoutMs;
    for (;;) {
      const message = this.#inbox.shift();
      if (message !== undefined) return message;
      if (this.isBroken) throw lost(`connection to ${this.peer.nodeId} was lost`);
      const leftMs = untilMs - this.#network.time.nowMs;
      if (leftMs <= 0) {
        this.destroy();
        throw new SimError('NS_DEADLINE_EXCEEDED', `${this.peer.nodeId} did not answer in time`);
      }
      yield { pulse: this.changed, ms: leftMs };
    }
  }

  /** Throws what the peer refused with; another message than the expected one ends the connection. */
  *expect<Name extends MessageName>(name: Name, timeoutMs: number): Fiber<MessageOf<Name>> {
    const message = yield* this.receive(timeoutMs);
    if (message.name === name) return message as MessageOf<Name>;
    if (message.name === 'FAIL') throw new SimError(message.code as SimError['code'], message.reason, message.epoch);
    this.destroy();
    throw new SimError('NS_MESSAGE_UNEXPECTED', `${message.name} came instead of ${name}`);
  }

  *request<Name extends MessageName>(message: Message, answer: Name, timeoutMs: number): Fiber<MessageOf<Name>> {
    this.send(message);
    return yield* this.expect(answer, timeoutMs);
  }
}

export const lost = (reason: string): SimError => new SimError('NS_CONNECTION_LOST', reason);
