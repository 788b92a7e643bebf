/** What the passing of time asks of a replica, by its role. Pure: time is what it is told. */
import type { NodeId } from '@netstore/shared-types';
import { Applying } from './applying.ts';
import type { Commits } from './commits.ts';
import { Election, type ElectionOptions } from './election.ts';
import type { EpochPromise } from './epoch.ts';
import { HandOver } from './hand-over.ts';
import type { ReplicaRole } from './replica-events.ts';

export interface WatchOptions extends ElectionOptions {
  readonly quorum: number;
  /** How long a preferred node has to be up and caught up. */
  readonly preferAfterMs: number;
}

export interface Watched {
  readonly role: ReplicaRole;
  readonly promised: EpochPromise;
  readonly members: ReadonlySet<NodeId>;
  readonly lastSeq: number;
  readonly commits: Pick<Commits, 'acknowledgedBy' | 'commitSeq'>;
}

/** What a peer said of itself. */
export interface PeerReport {
  readonly from: NodeId;
  readonly appliedSeq: number;
  readonly isDiskFull: boolean;
}

export type Due =
  /** Ask for pre-votes. */
  | { readonly kind: 'stand' }
  /** The pre-vote found no majority, or too few promised. */
  | { readonly kind: 'give-up' }
  /** No majority answers this primary any more. */
  | { readonly kind: 'alone' }
  | { readonly kind: 'hand-over'; readonly to: NodeId };

export class Watch {
  readonly election: Election;
  readonly #applying = new Applying();
  /** Peers whose disks have no room, as they said last. */
  readonly #full = new Set<NodeId>();
  readonly #options: WatchOptions;
  readonly #handOver: HandOver;
  /** The end of the log at the last tick: what a peer should have by the next one. */
  #seqAtTick = 0;

  constructor(options: WatchOptions, nowMs: number) {
    this.#options = options;
    this.election = new Election(options, nowMs);
    this.#handOver = new HandOver({ self: options.self, nodes: options.nodes, stableForMs: options.preferAfterMs });
  }

  /** This node begins to lead with the promises of these. */
  beginTerm(promisers: readonly NodeId[]): void {
    this.#handOver.reset();
    this.#applying.reset();
    this.#full.clear();
    for (const peer of promisers) this.election.heardPeer(peer);
  }

  heard({ from, appliedSeq, isDiskFull }: PeerReport): void {
    this.election.heardPeer(from);
    this.#applying.reported(from, appliedSeq);
    if (isDiskFull) this.#full.add(from);
    else this.#full.delete(from);
  }

  /** A peer's log stream was opened: it may be another disk. */
  forget(peer: NodeId): void {
    this.#applying.forget(peer);
    this.#full.delete(peer);
  }

  tick(nowMs: number, watched: Watched): Due | undefined {
    this.election.tick(nowMs);
    const seqAtTick = this.#seqAtTick;
    this.#seqAtTick = watched.lastSeq;
    this.#applying.tick(this.election.nowMs, watched.commits.commitSeq);
    switch (watched.role) {
      case 'secondary':
        return this.election.mayStandBySelf(watched.promised) && this.election.isTimeToStand ? { kind: 'stand' } : undefined;
      case 'prevoting':
      case 'candidate':
      case 'recovering':
        return this.election.isOver(watched.role) ? { kind: 'give-up' } : undefined;
      case 'activating':
        return this.#hasPeers(watched) ? undefined : { kind: 'alone' };
      case 'primary':
        return this.#hasPeers(watched) ? this.#considerHandOver(watched, seqAtTick) : { kind: 'alone' };
    }
  }

  #hasPeers({ members }: Watched): boolean {
    const { self, quorum } = this.#options;
    return [...members].filter((peer) => peer !== self && this.election.isHeard(peer)).length >= quorum - 1;
  }

  #considerHandOver({ members, commits }: Watched, seqAtTick: number): Due | undefined {
    // By hand means by hand: whoever was promoted stays.
    if (!this.#options.isAutomatic) return undefined;
    const to = this.#handOver.look(this.election.nowMs, (peer) => ({
      // Led by a node that takes no bytes, the cluster would refuse every upload.
      isCounted: members.has(peer) && this.election.isHeard(peer) && !this.#full.has(peer),
      isCaughtUp: (commits.acknowledgedBy(peer) ?? 0) >= seqAtTick && this.#applying.keepsUp(peer),
    }));
    return to === undefined ? undefined : { kind: 'hand-over', to };
  }
}
