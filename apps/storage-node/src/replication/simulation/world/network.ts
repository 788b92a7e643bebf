/**
 * Connections between processes. Within one direction of one connection messages come in order, each after a delay of its own, and the connection
 * may be cut between any two of them. Where a link is blocked (one way, or both) they wait as TCP would make them wait, until it is open again or
 * somebody gives the connection up.
 */
import type { NodeId } from '@netstore/shared-types';
import { type Carrier, type Channel, Connection, type EndPoint, type Ends, lost } from './connection.ts';
import type { Fiber, Life } from './fiber.ts';
import type { Message } from './messages.ts';
import type { Random } from './random.ts';
import type { TimeLine } from './time-line.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const RETRANSMIT_MS = 120;

export interface Listener {
  readonly end: EndPoint;
  readonly accept: (connection: Connection) => void;
}

export class Network implements Carrier {
  readonly time: TimeLine;
  readonly random: Random;
  /** How often a question of a node arrives once more, later and on a connection of its own. */
  repeatChance = 0;
  /** Slower than usual by this factor. */
  delayFactor = 1;
  readonly #listeners = new Map<NodeId, Listener>();
  readonly #blocked = new Set<string>();
  readonly #open = new Set<Connection>();

  constructor(time: TimeLine, random: Random) {
    this.time = time;
    this.random = random;
  }

  listen(nodeId: NodeId, listener: Listener): void {
    this.#listeners.set(nodeId, listener);
  }

  get delayMs(): number {
    const isLate = this.random.chance(0.01);
    return this.random.between(0.1, isLate ? 80 : 2) * this.delayFactor;
  }

  block(from: NodeId, to: NodeId): void {
    this.#blocked.add(`${from}>${to}`);
  }

  unblock(from: NodeId, to: NodeId): void {
    this.#blocked.delete(`${from}>${to}`);
  }

  heal(): void {
    this.#blocked.clear();
    this.delayFactor = 1;
    this.repeatChance = 0;
  }

  isBlocked(from: NodeId, to: NodeId): boolean {
    return this.#blocked.size > 0 && this.#blocked.has(`${from}>${to}`);
  }

  isUp(nodeId: NodeId): boolean {
    return this.#listeners.get(nodeId)?.end.life.isDead === false;
  }

  /** Throws `NS_CONNECTION_LOST` when nobody answers in time. */
  *dial(from: EndPoint, to: NodeId, channel: Channel): Fiber<Connection> {
    const giveUpAtMs = this.time.nowMs + CONNECT_TIMEOUT_MS;
    yield this.delayMs;
    for (;;) {
      const listener = this.#listeners.get(to);
      const isReachable = !this.isBlocked(from.name.nodeId, to) && !this.isBlocked(to, from.name.nodeId);
      if (isReachable && (listener === undefined || listener.end.life.isDead)) throw lost(`${to} is down`);
      if (isReachable && listener !== undefined && listener.end.life.frozenUntilMs <= this.time.nowMs) {
        const connection = this.#connect(from, listener, channel);
        yield this.delayMs;
        if (connection.isBroken) throw lost(`${to} hung up`);
        return connection;
      }
      if (this.time.nowMs >= giveUpAtMs) throw lost(`${to} does not answer`);
      yield RETRANSMIT_MS;
    }
  }

  #connect(from: EndPoint, listener: Listener, channel: Channel): Connection {
    const near = new Connection(this, { channel, own: from, peer: listener.end, isDialler: true });
    const far = new Connection(this, { channel, own: listener.end, peer: from, isDialler: false });
    near.join(far);
    this.#open.add(near);
    listener.accept(far);
    return near;
  }

  /**
   * The same question again, from the same node, on a connection whose answer nobody reads. Not those that show the generation of the asker's disk: the
   * handshake of a connection proves who speaks on it now, and a node never says an older generation.
   */
  opened({ own, peer, channel }: Ends, question: Message): void {
    if (this.repeatChance === 0 || channel !== 'control' || 'generation' in question || !this.random.chance(this.repeatChance)) return;
    this.time.after(this.random.between(1, 3_000), () => {
      const listener = this.#listeners.get(peer.name.nodeId);
      if (listener === undefined || listener.end.life.isDead || own.life.isDead) return;
      const connection = this.#connect(own, listener, channel);
      connection.send(question);
      this.time.after(2_000, () => connection.destroy());
    });
  }

  closed(connection: Connection): void {
    this.#open.delete(connection);
  }

  /** Cuts one of the connections that are open now. */
  cutOne(): void {
    if (this.#open.size === 0) return;
    this.random.pick([...this.#open]).cut();
  }

  /** The process is gone. With its machine on, whoever is connected hears of it. */
  died(life: Life, isHeard: boolean): void {
    for (const connection of [...this.#open]) connection.died(life, isHeard);
  }
}
