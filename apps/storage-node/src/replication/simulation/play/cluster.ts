/** Three machines, and what is known about them from outside. */
import type { NodeId } from '@netstore/shared-types';
import type { Disks, Invariants } from '../check/invariants.ts';
import type { SimDisk } from '../world/disk.ts';
import type { World } from '../world/world.ts';
import { Machine } from './machine.ts';

export const NODES = ['node-1', 'node-2', 'node-3'] as NodeId[];
export const GATEWAYS = ['gateway-1', 'gateway-2'] as NodeId[];

/** A primary finishes a sync within less, or steps down. */
const LATE_WORD_MS = 4_000;

export interface ClusterOptions {
  readonly world: World;
  readonly invariants: Invariants;
  /** Of each node, its own configured order of all. */
  readonly orders: readonly (readonly NodeId[])[];
  readonly isAutomatic: boolean;
  readonly preferAfterMs: number;
}

export class Cluster implements Disks {
  readonly machines: readonly Machine[];
  readonly #world: World;
  readonly #invariants: Invariants;
  #faultMs = Number.NEGATIVE_INFINITY;
  /** Not whole again since a disk fault. */
  broken: Machine | undefined;

  constructor({ world, invariants, orders, isAutomatic, preferAfterMs }: ClusterOptions) {
    this.#world = world;
    this.#invariants = invariants;
    this.machines = NODES.map((id, index) => new Machine({ world, id, nodes: orders[index] ?? NODES, isAutomatic, preferAfterMs }));
    // The cluster has formed: each disk has its identity, and nothing else.
    for (const machine of this.machines) machine.disk.incarnation = world.newIncarnation();
    invariants.disks = this;
  }

  get disks(): readonly SimDisk[] {
    return this.machines.map((machine) => machine.disk);
  }

  /** Word of a disk that has just failed may still count: on its way, or with a process that was frozen meanwhile. */
  get isWordLate(): boolean {
    const sinceMs = this.#world.time.nowMs - LATE_WORD_MS;
    return (
      this.#faultMs > sinceMs ||
      this.machines.some(({ frozen }) => frozen.fromMs < this.#faultMs + LATE_WORD_MS && frozen.untilMs > Math.max(sinceMs, this.#faultMs))
    );
  }

  get hasBrokenDisk(): boolean {
    if (this.broken !== undefined && this.isWhole(this.broken)) this.broken = undefined;
    return this.broken !== undefined;
  }

  /** All disks are whole, and the cluster has begun: one that loses a disk before its first record has nothing to lose, and is set up anew. */
  get mayDiskFail(): boolean {
    return !this.hasBrokenDisk && this.#invariants.truth.seq > 0;
  }

  /** Those that what is committed refers to. */
  get wantedBlobs(): readonly string[] {
    return [...this.#invariants.truth.state.entries.values()].flatMap(({ blobIds }) => blobIds);
  }

  startAll(): void {
    for (const machine of this.machines) machine.start();
  }

  /** Something happened to the disk of this machine: until it is whole again, nothing may happen to another one. */
  diskFailed(machine: Machine, what: string): void {
    this.broken = machine;
    this.#faultMs = this.#world.time.nowMs;
    this.#world.cover(`disk: ${what}`);
    this.#world.trace(() => `the disk of ${machine.id} is ${what}`);
  }

  /** Its disk is a full member's and has everything that is committed: all records, all bytes. */
  isWhole({ disk, isRolledBack }: Machine): boolean {
    const { truth } = this.#invariants;
    const isMember = truth.members.length === 0 || truth.members.some(({ incarnation }) => incarnation === disk.incarnation);
    // A new disk has to know it, too.
    const isInformed = truth.seq === 0 || disk.catalogue.members.some(({ incarnation }) => incarnation === disk.incarnation);
    if (!isInformed || isRolledBack || !isMember || disk.incarnation === null || disk.vote.mark.seq > disk.last.seq) return false;
    if (disk.recordAt(truth.seq)?.hash !== truth.recordAt(truth.seq)?.hash) return false;
    return this.wantedBlobs.every((blobId) => disk.blobs.get(blobId) === 'held');
  }

  get primary(): Machine | undefined {
    return this.machines.find(({ node }) => node?.term?.isServing === true && node.core.role === 'primary');
  }

  /** Everything is up, equal and whole. */
  get whyNotConverged(): string | undefined {
    const { truth } = this.#invariants;
    const { primary } = this;
    if (primary === undefined) return 'there is no primary';
    for (const machine of this.machines) {
      const { id, node, disk } = machine;
      if (node === undefined) return `${id} is down`;
      if (!this.isWhole(machine)) return `${id} is not whole: log to ${disk.last.seq}, mark ${disk.vote.mark.seq}, committed ${truth.seq}`;
      if (disk.last.seq !== truth.seq) return `${id} has records up to ${disk.last.seq}, committed is ${truth.seq}`;
      if (disk.catalogue.seq !== truth.seq) return `${id} has applied ${disk.catalogue.seq} of ${truth.seq}`;
      if (machine !== primary && primary.node?.members.counts(id) !== true)
        return `${id} does not count: ${primary.node?.members.reasonAgainst(id) ?? 'it was not seen'}`;
    }
    return undefined;
  }
}
