/** Finds out when the disk of a peer went back in time: `DiskTrust` with `PeerGenerations`. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { AskedDisk } from '../../disk-trust.ts';
import type { Connection } from '../world/connection.ts';
import type { SimDisk } from '../world/disk.ts';
import type { DiskSeen } from '../world/disk-seen.ts';
import type { Fiber } from '../world/fiber.ts';
import type { World } from '../world/world.ts';
import type { SimMembers } from './sim-members.ts';
import type { SimVote } from './sim-vote.ts';

const WRITE_INTERVAL_MS = 5_000;

export interface SimTrustOptions {
  readonly world: World;
  readonly self: NodeId;
  readonly disk: SimDisk;
  readonly vote: SimVote;
  readonly members: SimMembers;
}

export class SimTrust {
  readonly #options: SimTrustOptions;
  /** By incarnation: in a simulation no two disks share one. */
  readonly #disks: Map<Incarnation, DiskSeen>;
  readonly #met = new WeakMap<Connection, AskedDisk>();

  constructor(options: SimTrustOptions) {
    this.#options = options;
    this.#disks = new Map(options.disk.seen.map((seen) => [seen.incarnation, seen]));
  }

  /** The disk at the other end of a connection, before it is asked. */
  ask({ peer: { nodeId, incarnation } }: Connection): AskedDisk {
    const knownGeneration = incarnation === null ? 0 : (this.#disks.get(incarnation)?.generation ?? 0);
    return { nodeId, incarnation, knownGeneration };
  }

  /** A node has connected: what is known of its disk now is what its questions on this connection are held against. */
  meet(connection: Connection): void {
    this.#met.set(connection, this.ask(connection));
  }

  isTrustedOn(connection: Connection, generation: number): boolean {
    const disk = this.#met.get(connection);
    return disk !== undefined && this.isTrusted(disk, generation);
  }

  /** The disk showed its generation. False when it is refused. */
  isTrusted({ nodeId, incarnation, knownGeneration }: AskedDisk, generation: number): boolean {
    const { members, world } = this.#options;
    if (incarnation === null) return false;
    const isBack = generation < knownGeneration && world.rules.isRolledBackRefused;
    this.#note({ nodeId, incarnation, generation, isRefused: isBack });
    const isRefused = this.#disks.get(incarnation)?.isRefused === true;
    if (isRefused) {
      world.cover('rolled-back disk refused');
      members.refuse(incarnation, 'its disk went back in time');
    }
    return !isRefused;
  }

  #note({ nodeId, incarnation, generation, isRefused }: DiskSeen): void {
    const before = this.#disks.get(incarnation);
    const seen = {
      nodeId,
      incarnation,
      generation: Math.max(generation, before?.generation ?? 0),
      isRefused: isRefused || before?.isRefused === true,
    };
    this.#disks.set(incarnation, seen);
  }

  /** Another node has seen these. */
  learn(disks: readonly DiskSeen[]): void {
    for (const disk of disks) if (disk.nodeId !== this.#options.self) this.#note(disk);
  }

  /** What this node has seen, its own disk included. */
  get seen(): readonly DiskSeen[] {
    const { self, disk, vote } = this.#options;
    const others = [...this.#disks.values()].filter(({ nodeId }) => nodeId !== self);
    if (disk.incarnation === null) return others;
    return [...others, { nodeId: self, incarnation: disk.incarnation, generation: vote.current.generation, isRefused: false }];
  }

  /** Writes down what was seen, every few seconds. What is forgotten in a crash are the last few. */
  *keep(): Fiber {
    const { disk } = this.#options;
    for (;;) {
      yield WRITE_INTERVAL_MS;
      const seen = [...this.#disks.values()];
      yield* disk.write(
        () => {
          disk.seen = seen;
        },
        () => undefined,
      );
    }
  }
}
