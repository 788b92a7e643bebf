/**
 * Which disks are full members. A node's name is not enough: a replaced disk has another incarnation, and it may neither
 * promise nor count until it was taken in.
 *
 * Who may vote is what this node's log says, also where that is not committed yet: a log that takes another disk in might be
 * committed, and then the old one's promise is worth nothing. Whose copies count is what is both in the log and committed: the
 * record that takes a disk in has to be committed by the others.
 */
import { type Incarnation, NetStoreError, type NodeId } from '@netstore/shared-types';
import { decodeJoin, decodeNewEpoch } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import { Pulse } from './pulse.ts';

export interface Member {
  readonly nodeId: NodeId;
  readonly incarnation: Incarnation;
}

export interface LoggedMembers {
  readonly seq: number;
  readonly members: readonly Member[];
}

export class Members {
  /** By what is applied; empty before the first epoch. */
  #committed: readonly Member[] = [];
  /** By records of the log that are not applied yet, in order. */
  #logged: LoggedMembers[] = [];
  /** What connected peers say they are. */
  readonly #seen = new Map<NodeId, Incarnation>();
  /** Disks that are refused, and why. */
  readonly #refused = new Map<Incarnation, string>();
  readonly changed = new Pulse();

  /** What is applied says so. */
  learn(members: readonly Member[], appliedSeq: number): void {
    this.#committed = members;
    this.#logged = this.#logged.filter(({ seq }) => seq > appliedSeq);
    this.changed.notify();
  }

  /** These records are at the end of the log now. */
  pushed(records: readonly LogRecord[]): void {
    this.logged(
      records.flatMap((record) => {
        const members = membersOf(record);
        return members === undefined ? [] : [{ seq: record.seq, members }];
      }),
    );
  }

  /** What the records that have just come to the end of the log say of the members. */
  logged(found: readonly LoggedMembers[]): void {
    if (found.length === 0) return;
    this.#logged.push(...found);
    this.changed.notify();
  }

  /** Records from `fromSeq` on have left the log. */
  truncated(fromSeq: number): void {
    const count = this.#logged.length;
    this.#logged = this.#logged.filter(({ seq }) => seq < fromSeq);
    if (this.#logged.length !== count) this.changed.notify();
  }

  /** By the end of this node's log. Empty before the first epoch. */
  get current(): readonly Member[] {
    return this.#logged.at(-1)?.members ?? this.#committed;
  }

  /** Whether this disk may vote. Before the first epoch every formed node may. */
  isMember(nodeId: NodeId, incarnation: Incarnation | null): boolean {
    return isAmong(this.current, nodeId, incarnation);
  }

  /** Whether this disk is a full member: by the log's end and by what is committed. */
  isFull(nodeId: NodeId, incarnation: Incarnation | null): boolean {
    return isAmong(this.current, nodeId, incarnation) && isAmong(this.#settled, nodeId, incarnation);
  }

  /** While nothing is applied, the first record of the log stands for what is committed: it names the disks that formed the cluster. */
  get #settled(): readonly Member[] {
    return this.#committed.length > 0 ? this.#committed : (this.#logged[0]?.members ?? []);
  }

  /** Whether what a disk acknowledges counts: it is a full member's, and is not refused. By itself that of the disk that was seen last. */
  counts(nodeId: NodeId, incarnation = this.incarnationOf(nodeId) ?? null): boolean {
    return this.isFull(nodeId, incarnation) && this.refusalOf(nodeId, incarnation) === undefined;
  }

  /** Of the disk that was seen last under this name. An older one may still answer on a connection of its own: who has that knows better. */
  incarnationOf(nodeId: NodeId): Incarnation | undefined {
    return this.#seen.get(nodeId);
  }

  /** A peer is connected and has said what it is. Throws `NS_WRONG_NODE` when it is blank. */
  see(nodeId: NodeId, incarnation: Incarnation | null): void {
    if (incarnation === null) {
      throw new NetStoreError(
        'NS_WRONG_NODE',
        `${nodeId} is blank: it belongs to no cluster yet. Take its disk in with "netstore node replace ${nodeId}"`,
      );
    }
    if (this.#seen.get(nodeId) === incarnation) return;
    this.#seen.set(nodeId, incarnation);
    this.changed.notify();
  }

  /** Throws `NS_WRONG_NODE` when a connected peer is not the disk that this cluster knows under its name. */
  admit(nodeId: NodeId, incarnation: Incarnation | null): void {
    this.see(nodeId, incarnation);
    const refusal = this.refusalOf(nodeId, incarnation);
    if (refusal !== undefined) throw new NetStoreError('NS_WRONG_NODE', `${nodeId} is refused: ${refusal}`);
    if (this.isMember(nodeId, incarnation)) return;
    const expected = this.current.find((member) => member.nodeId === nodeId)?.incarnation ?? 'one that was formed';
    throw new NetStoreError('NS_WRONG_NODE', `${nodeId} is not a full member: its disk is ${incarnation}, expected ${expected}`);
  }

  /** This disk neither votes nor counts any more; another one under the same name may. */
  refuse(incarnation: Incarnation, reason: string): void {
    this.#refused.set(incarnation, reason);
    this.changed.notify();
  }

  /** Why a disk was refused; undefined when it was not. By itself that of the disk that was seen last. */
  refusalOf(nodeId: NodeId, incarnation = this.incarnationOf(nodeId) ?? null): string | undefined {
    return incarnation === null ? undefined : this.#refused.get(incarnation);
  }

  /** Why the disk that was seen last under this name does not count, for people; null when it does. */
  reasonAgainst(nodeId: NodeId): string | null {
    const refusal = this.refusalOf(nodeId);
    if (refusal !== undefined) return refusal;
    const incarnation = this.#seen.get(nodeId);
    if (incarnation === undefined || this.isFull(nodeId, incarnation)) return null;
    return 'Its disk is not a full member: it gets copies, and neither votes nor counts.';
  }

  /** Those of the configured nodes that may vote, without this node when its own disk may not. */
  voters(self: NodeId, incarnation: Incarnation | null, nodes: readonly NodeId[]): ReadonlySet<NodeId> {
    const voters = new Set(this.current.length === 0 ? nodes : this.current.map(({ nodeId }) => nodeId));
    if (incarnation !== null && !this.isFull(self, incarnation)) voters.delete(self);
    return voters;
  }

  /** The members for the record that opens an epoch. For the first one all nodes have to be connected. */
  async forNewEpoch(self: Member, nodes: readonly NodeId[], signal: AbortSignal): Promise<Member[]> {
    if (this.current.length > 0) return this.current.map(({ nodeId, incarnation }) => ({ nodeId, incarnation }));
    this.#seen.set(self.nodeId, self.incarnation);
    for (;;) {
      const { count } = this.changed;
      signal.throwIfAborted();
      const members = nodes.flatMap((nodeId) => {
        const incarnation = this.#seen.get(nodeId);
        return incarnation === undefined ? [] : [{ nodeId, incarnation }];
      });
      if (members.length === nodes.length) return members;
      await this.changed.after(count, { signal });
    }
  }
}

function isAmong(members: readonly Member[], nodeId: NodeId, incarnation: Incarnation | null): boolean {
  if (incarnation === null) return false;
  return members.length === 0 || members.some((member) => member.nodeId === nodeId && member.incarnation === incarnation);
}

function membersOf(record: LogRecord): readonly Member[] | undefined {
  if (record.type === 'new-epoch') return decodeNewEpoch(record.payload).members;
  return record.type === 'join' ? decodeJoin(record.payload).members : undefined;
}
