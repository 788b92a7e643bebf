/**
 * Everything that lives for one epoch of this node as candidate and primary: the links to the secondaries and the
 * operations under way. When the epoch ends it is closed, and a new one is made for the next.
 */

import type { Logger } from '@netstore/service-kit';
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { Heartbeat, HeartbeatAck, PromiseAnswer, RequestPromise } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { LogRecord } from '../log/record.ts';
import { Confirmations } from './confirmations.ts';
import { runControlLink } from './control-link.ts';
import type { AskedDisk } from './disk-trust.ts';
import { LogStream } from './log-stream.ts';
import type { LogTail } from './log-tail.ts';
import { PeerProgress } from './peer-progress.ts';
import type { Peer } from './peers.ts';
import { Proposals } from './proposals.ts';

export interface PrimaryTermOptions {
  readonly self: NodeId;
  readonly epoch: number;
  readonly peers: readonly Peer[];
  readonly tail: LogTail;
  readonly logger: Logger;
  readonly now: () => number;
  readonly commitSeq: () => number;
  readonly wantedPromise: () => RequestPromise | undefined;
  readonly heartbeat: () => Promise<Heartbeat>;
  readonly append: (records: readonly LogRecord[]) => Promise<void>;
  /** Before each question: which disk is asked, and what is known of it. */
  readonly ask: (peer: NodeId, connection: Connection) => AskedDisk;
  readonly onPromise: (from: AskedDisk, answer: PromiseAnswer) => Promise<void>;
  /** A peer answered in this epoch; whether that counts. */
  readonly onHeard: (from: AskedDisk, ack: HeartbeatAck) => boolean;
  /** A peer's log stream is open, on a disk of this generation. */
  readonly onStream: (from: AskedDisk, generation: number) => void;
  readonly onFenced: (epoch: number) => void;
  readonly onAcknowledged: (from: NodeId, disk: Incarnation | null, seq: number) => void;
}

export class PrimaryTerm {
  readonly epoch: number;
  readonly proposals: Proposals;
  readonly confirmations = new Confirmations();
  /** NEW_EPOCH is committed and applied: operations are taken and reads are answered. */
  isServing = false;
  readonly #options: PrimaryTermOptions;
  readonly #progress = new Map<NodeId, PeerProgress>();
  readonly #streams: LogStream[] = [];
  readonly #ended = new AbortController();
  readonly #tasks: Promise<void>[] = [];

  constructor(options: PrimaryTermOptions) {
    this.#options = options;
    this.epoch = options.epoch;
    this.proposals = new Proposals({ epoch: options.epoch, now: options.now, last: () => options.tail.last, append: options.append });
    for (const peer of options.peers) this.#progress.set(peer.id, new PeerProgress(peer.id));
  }

  get progress(): readonly PeerProgress[] {
    return [...this.#progress.values()];
  }

  progressOf(peer: NodeId): PeerProgress | undefined {
    return this.#progress.get(peer);
  }

  /** Starts asking for promises and, once there are enough of them, heartbeats. */
  start(): void {
    const { ask, ...options } = this.#options;
    for (const peer of this.#options.peers) {
      const link = runControlLink(
        {
          ...options,
          peer,
          progress: this.#progress.get(peer.id) as PeerProgress,
          confirmations: this.confirmations,
          ask: (connection) => ask(peer.id, connection),
        },
        this.#ended.signal,
      );
      this.#tasks.push(link);
    }
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Starts sending the log. */
  openStreams(): void {
    for (const peer of this.#options.peers) {
      const progress = this.#progress.get(peer.id) as PeerProgress;
      const stream = new LogStream({
        self: this.#options.self,
        epoch: this.epoch,
        peer,
        tail: this.#options.tail,
        commit: this.#options.commitSeq,
        logger: this.#options.logger,
        onFenced: this.#options.onFenced,
        ask: (connection) => this.#options.ask(peer.id, connection),
        onOpened: (disk, generation) => {
          progress.streamOpened(disk.incarnation);
          this.#options.onStream(disk, generation);
        },
        onAcknowledged: (seq, heldSeq) => {
          progress.acknowledged(seq, heldSeq);
          this.#options.onAcknowledged(peer.id, progress.incarnation, seq);
        },
      });
      this.#streams.push(stream);
      this.#tasks.push(stream.run(this.#ended.signal));
    }
  }

  notifyStreams(): void {
    for (const stream of this.#streams) stream.notify();
  }

  async close(reason: string): Promise<void> {
    this.isServing = false;
    this.proposals.close(reason);
    this.confirmations.close(reason);
    this.#ended.abort(new Error(reason));
    await Promise.allSettled(this.#tasks);
  }
}
