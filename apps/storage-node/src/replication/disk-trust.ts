/**
 * Finds out when the disk of a peer went back in time: it has forgotten what it promised, so it neither votes nor counts any more. Nodes tell each
 * other what they have seen, so that a disk cannot pass before the one that happens not to have heard of it.
 */
import type { Logger } from '@netstore/service-kit';
import type { NodeId } from '@netstore/shared-types';
import type { DiskSeen } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { Identity } from '../membership/identity.ts';
import type { PeerGenerations } from '../membership/peer-generations.ts';
import type { Members } from './members.ts';

export interface DiskTrustOptions {
  readonly identity: () => Identity | undefined;
  /** Of this node's own disk. */
  readonly generation: () => number;
  readonly members: Members;
  readonly generations: PeerGenerations;
  readonly logger: Logger;
}

export class DiskTrust {
  readonly #options: DiskTrustOptions;
  readonly #knownAt = new WeakMap<Connection, number>();

  constructor(options: DiskTrustOptions) {
    this.#options = options;
  }

  /** What is known of a peer's disk now. Read before it is asked, and given to `isTrusted`: two answers may overtake each other. */
  known(peer: NodeId): number {
    const { members, generations } = this.#options;
    const incarnation = members.incarnationOf(peer);
    return incarnation === undefined ? 0 : generations.of(peer, incarnation);
  }

  /** A node has connected: what is known of its disk now is what its questions on this connection are held against. */
  meet(connection: Connection): void {
    const { nodeId, incarnation } = connection.peer;
    if (nodeId !== null && incarnation !== null) this.#knownAt.set(connection, this.#options.generations.of(nodeId, incarnation));
  }

  knownAt(connection: Connection): number {
    return this.#knownAt.get(connection) ?? 0;
  }

  /** A peer showed the generation of its disk; `knownBefore` was known when it was asked. False when that disk is refused. */
  isTrusted(peer: NodeId, generation: number, knownBefore: number): boolean {
    const { members, generations } = this.#options;
    const incarnation = members.incarnationOf(peer);
    if (incarnation === undefined) return false;
    const isBack = generation < knownBefore;
    generations.note({ nodeId: peer, incarnation, generation, isRefused: isBack });
    if (isBack) this.#refuse(peer, `it has shown generation ${knownBefore} and now shows ${generation}`);
    else if (generations.isRefused(peer, incarnation)) this.#refuse(peer, 'it was found to be an older state of itself before');
    return !generations.isRefused(peer, incarnation);
  }

  #refuse(peer: NodeId, fact: string): void {
    const { members, logger } = this.#options;
    if (members.counts(peer)) logger.error({ peer, fact }, 'a peer has an old disk image: it may not vote and does not count');
    members.refuse(peer, `Its disk went back in time: ${fact}. Give it an empty directory and run "netstore node replace ${peer}".`);
  }

  /** Another node has seen these. */
  learn(disks: readonly DiskSeen[]): void {
    const own = this.#options.identity();
    for (const disk of disks) if (disk.nodeId !== own?.nodeId) this.#options.generations.note(disk);
  }

  /** What this node has seen, its own disk included. */
  get seen(): DiskSeen[] {
    const { identity, generation, generations } = this.#options;
    const own = identity();
    const others = generations.all.filter(({ nodeId }) => nodeId !== own?.nodeId);
    if (own === undefined) return [...others];
    return [...others, { nodeId: own.nodeId, incarnation: own.incarnation, generation: generation(), isRefused: false }];
  }
}
