/**
 * Finds out when the disk of a peer went back in time: it has forgotten what it promised, so it neither votes nor counts any more. Nodes tell each
 * other what they have seen, so that a disk cannot pass before the one that happens not to have heard of it.
 */
import type { Logger } from '@netstore/service-kit';
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { DiskSeen } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { Identity } from '../membership/identity.ts';
import type { PeerGenerations } from '../membership/peer-generations.ts';
import type { Members } from './members.ts';

/**
 * A disk at the moment when it is asked something. What it shows is held against what was known then, since two answers may overtake each other;
 * and against nothing that another disk under the same name has shown, though that one may be answering as well.
 */
export interface AskedDisk {
  readonly nodeId: NodeId;
  readonly incarnation: Incarnation | null;
  readonly knownGeneration: number;
}

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
  readonly #met = new WeakMap<Connection, AskedDisk>();
  #ownRefusal: string | null = null;

  constructor(options: DiskTrustOptions) {
    this.#options = options;
  }

  /** The disk at the other end of a connection to `nodeId`, before it is asked. */
  ask(nodeId: NodeId, { peer: { incarnation } }: Connection): AskedDisk {
    const knownGeneration = incarnation === null ? 0 : this.#options.generations.of(nodeId, incarnation);
    return { nodeId, incarnation, knownGeneration };
  }

  /** A node has connected: what is known of its disk now is what its questions on this connection are held against. */
  meet(connection: Connection): void {
    const { nodeId } = connection.peer;
    if (nodeId !== null) this.#met.set(connection, this.ask(nodeId, connection));
  }

  /** Whether a node that connected may be believed, now that it shows this generation of its disk. */
  isTrustedOn(connection: Connection, generation: number): boolean {
    const disk = this.#met.get(connection);
    return disk !== undefined && this.isTrusted(disk, generation);
  }

  /** The disk showed its generation. False when it is refused. */
  isTrusted({ nodeId, incarnation, knownGeneration }: AskedDisk, generation: number): boolean {
    const { generations } = this.#options;
    if (incarnation === null) return false;
    const isBack = generation < knownGeneration;
    generations.note({ nodeId, incarnation, generation, isRefused: isBack });
    if (isBack) this.#refuse(nodeId, incarnation, `it has shown generation ${knownGeneration} and now shows ${generation}`);
    else if (generations.isRefused(nodeId, incarnation))
      this.#refuse(nodeId, incarnation, 'it was found to be an older state of itself before');
    return !generations.isRefused(nodeId, incarnation);
  }

  #refuse(nodeId: NodeId, incarnation: Incarnation, fact: string): void {
    const { members, logger } = this.#options;
    if (members.counts(nodeId, incarnation))
      logger.error({ peer: nodeId, fact }, 'a peer has an old disk image: it may not vote and does not count');
    members.refuse(incarnation, `Its disk went back in time: ${remedyFor(nodeId, fact)}`);
  }

  /** Another node has seen these. */
  learn(disks: readonly DiskSeen[]): void {
    const own = this.#options.identity();
    for (const disk of disks) {
      if (disk.nodeId !== own?.nodeId) this.#options.generations.note(disk);
      else if (disk.isRefused && disk.incarnation === own.incarnation) this.#ownDiskRefused(own.nodeId);
    }
  }

  /** Why the others refuse this node's own disk, as they said; null when nobody said so. For people: what this node tells of its disk stays its own word. */
  get ownRefusal(): string | null {
    return this.#ownRefusal;
  }

  #ownDiskRefused(self: NodeId): void {
    if (this.#ownRefusal !== null) return;
    this.#ownRefusal = `The other nodes refuse the disk of this one: ${remedyFor(self, 'it shows an older state of itself than they have seen')}`;
    this.#options.logger.error('the other nodes refuse the disk of this one: it went back in time, and neither votes nor counts');
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

function remedyFor(nodeId: NodeId, fact: string): string {
  return `${fact}. Give it an empty directory and run "netstore node replace ${nodeId}".`;
}
