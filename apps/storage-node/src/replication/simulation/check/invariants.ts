/**
 * The promises of docs/replication.md, checked at every step that could break one. Numbers are those of the list there. The first broken
 * one ends the schedule.
 */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { CatalogueState } from '../world/catalogue-state.ts';
import type { SimDisk } from '../world/disk.ts';
import type { SimOutcome } from '../world/messages.ts';
import { blobIdsOf, type Position, type SimOperation, type SimRecord } from '../world/record.ts';
import type { World } from '../world/world.ts';
import type { Checker, Watched } from './checker.ts';
import { ClientChecks } from './client-checks.ts';
import { Truth } from './truth.ts';
import { Verdict } from './verdict.ts';

/** What is looked at of the machines. */
export interface Disks {
  /** Of all machines, running or not. */
  readonly disks: readonly SimDisk[];
  /** A disk has failed so lately that its word may still be on its way. */
  readonly isWordLate: boolean;
  /** A disk is not whole again since. */
  readonly hasBrokenDisk: boolean;
}

export class Invariants implements Checker {
  readonly truth = new Truth();
  readonly verdict: Verdict;
  readonly clients: ClientChecks;
  disks: Disks = { disks: [], isWordLate: false, hasBrokenDisk: false };
  readonly #records = new Map<string, string>();
  readonly #activated = new Map<number, NodeId>();
  readonly #promises = new Map<Incarnation, { readonly epoch: number; readonly candidate: NodeId }>();
  /** Disks that promised less than they had promised before. */
  readonly #forgetful = new Set<Incarnation>();
  readonly #known = new WeakMap<object, number>();

  constructor(world: World) {
    this.verdict = new Verdict(world.time, (line) => world.trace(line));
    this.clients = new ClientChecks(this.truth, this.verdict);
  }

  #requires(isKept: boolean, invariant: number, what: () => string): boolean {
    if (!isKept) this.verdict.broken(invariant, what());
    return isKept;
  }

  sealed({ epoch, seq, hash }: SimRecord): void {
    const name = `(${epoch}, ${seq})`;
    const known = this.#records.get(name) ?? hash;
    this.#requires(known === hash, 4, () => `${name} names two records: ${known} and ${hash}`);
    this.#records.set(name, hash);
  }

  setAside(disk: SimDisk, fromSeq: number): void {
    const lost = disk.log.find(({ seq, hash }) => seq >= fromSeq && this.truth.recordAt(seq)?.hash === hash);
    this.#requires(lost === undefined, 2, () => `record ${lost?.seq} is committed and is moved aside`);
  }

  contradiction(node: NodeId, seq: number): void {
    this.verdict.broken(3, `${node} is offered another record ${seq} than the committed one`);
  }

  acknowledging({ self, disk }: Watched, { seq, hash }: Position, streamEpoch: number): void {
    const isDurable = seq === 0 || disk.recordAt(seq)?.hash === hash;
    if (!this.#requires(isDurable, 1, () => `${self} acknowledges record ${seq}, which is not on its disk`)) return;
    // What comes before the record that opened the epoch counts for nothing yet.
    const isMarked = disk.vote.mark.seq >= seq || disk.lastEpoch < streamEpoch;
    this.#requires(isMarked, 1, () => `${self} acknowledges record ${seq} above its mark ${disk.vote.mark.seq}`);
    for (const record of disk.log.slice(this.truth.seq, seq)) {
      const missing = record.epoch === streamEpoch ? this.#blobsThatMatter(record).find((blobId) => !disk.blobs.has(blobId)) : undefined;
      this.#requires(missing === undefined, 1, () => `${self} acknowledges record ${record.seq} without blob ${missing}`);
    }
  }

  /** A repetition of what has happened refers to nothing: what it brought may have been deleted since. */
  #blobsThatMatter(record: SimRecord): readonly string[] {
    const isRepeated = record.body.kind === 'operation' && this.truth.state.outcomes.has(record.body.operation.id);
    return isRepeated ? [] : blobIdsOf(record);
  }

  promised({ self, disk: { incarnation } }: Watched, epoch: number, candidate: NodeId): void {
    if (!this.#requires(incarnation !== null, 7, () => `${self} is blank and promises`) || incarnation === null) return;
    const before = this.#promises.get(incarnation);
    const isLess = before !== undefined && (epoch < before.epoch || (epoch === before.epoch && candidate !== before.candidate));
    if (isLess) this.#forgetful.add(incarnation);
    else this.#promises.set(incarnation, { epoch, candidate });
  }

  promiseCounted(from: NodeId, incarnation: Incarnation | null): void {
    const { members } = this.truth;
    const isMember = incarnation !== null && (members.length === 0 || members.some((member) => member.incarnation === incarnation));
    this.#requires(isMember, 7, () => `the promise of ${from} counts, whose disk ${incarnation} is no full member`);
    const isForgetful = incarnation !== null && this.#forgetful.has(incarnation);
    this.#requires(!isForgetful, 6, () => `the promise of ${from} counts, which has forgotten a higher one`);
  }

  activating({ self, tail }: Watched, epoch: number): void {
    const other = this.#activated.get(epoch);
    this.#requires(other === undefined, 5, () => `epoch ${epoch} is opened by ${self} and was by ${other}`);
    this.#activated.set(epoch, self);
    const seq = this.truth.lastCommittedBelow(epoch);
    const isThere = seq === 0 || tail.recordAt(seq)?.hash === this.truth.recordAt(seq)?.hash;
    this.#requires(isThere, 2, () => `${self} opens epoch ${epoch} without the committed record ${seq}`);
  }

  committed(node: Watched, seq: number): void {
    const from = (this.#known.get(node) ?? node.disk.catalogue.seq) + 1;
    this.#known.set(node, Math.max(seq, from - 1));
    const records: SimRecord[] = [];
    for (let at = from; at <= seq; at += 1) {
      const own = node.tail.recordAt(at);
      if (!this.#requires(own !== undefined, 3, () => `${node.self} takes record ${at} for committed and has none`) || own === undefined)
        return;
      records.push(own);
    }
    const other = records.find((own) => (this.truth.recordAt(own.seq)?.hash ?? own.hash) !== own.hash);
    if (!this.#requires(other === undefined, 3, () => `${node.self} takes another record ${other?.seq} for committed`)) return;
    this.#commitFirst(
      records.filter((own) => own.seq > this.truth.seq),
      node.core.promised.epoch,
    );
  }

  /** Nobody knew them to be committed before. */
  #commitFirst(records: readonly SimRecord[], epoch: number): void {
    const last = records.at(-1);
    if (last === undefined) return;
    const before = this.truth.seq;
    const late = records.flatMap(({ body }) => (body.kind === 'new-epoch' ? body.aborted.filter((voidSeq) => voidSeq <= before) : []));
    this.#requires(late.length === 0, 8, () => `records ${late.join()} are committed and are declared void`);
    const copies = this.#copiesOnMembers(last, records[0]);
    this.#requires(
      copies >= (this.disks.isWordLate ? 1 : 2),
      1,
      () => `record ${last.seq} is committed with ${copies} copies on full members`,
    );
    this.truth.extend(records, epoch);
  }

  #copiesOnMembers({ seq, hash }: SimRecord, first: SimRecord | undefined): number {
    const { members } = this.truth;
    const voters = members.length === 0 && first?.body.kind === 'new-epoch' ? first.body.members : members;
    const incarnations = new Set<Incarnation | null>(voters.map(({ incarnation }) => incarnation));
    return this.disks.disks.filter((disk) => incarnations.has(disk.incarnation) && disk.recordAt(seq)?.hash === hash).length;
  }

  applied(node: NodeId, { seq, hash }: SimRecord, { digest }: CatalogueState): void {
    const known = this.truth.recordAt(seq);
    if (!this.#requires(known !== undefined, 8, () => `${node} shows record ${seq}, which is not committed`)) return;
    this.#requires(known?.hash === hash, 3, () => `${node} applies another record ${seq} than the committed one`);
    const expected = this.truth.digestAt(seq);
    this.#requires(digest === expected, 15, () => `${node} decides otherwise up to record ${seq}: ${digest}, not ${expected}`);
  }

  answered(operation: SimOperation, outcome: SimOutcome): void {
    const { disks, hasBrokenDisk } = this.disks;
    this.clients.answered(operation, outcome, { disks, copiesWanted: hasBrokenDisk ? 1 : 2 });
  }

  takingIn(incarnation: Incarnation, heldSeq: number): void {
    const { records, state } = this.truth;
    const disk = this.disks.disks.find((each) => each.incarnation === incarnation);
    const last = records[Math.min(heldSeq, records.length) - 1];
    const hasLog = last === undefined || disk?.recordAt(last.seq)?.hash === last.hash;
    this.#requires(hasLog, 7, () => `a new disk is taken in without record ${last?.seq}`);
    const needed = [...state.entries.values()].filter(({ version }) => version <= heldSeq).flatMap(({ blobIds }) => blobIds);
    const lacking = needed.find((blobId) => disk?.blobs.has(blobId) !== true);
    this.#requires(lacking === undefined, 7, () => `a new disk is taken in without blob ${lacking}`);
  }

  startRefused(node: NodeId, error: unknown): void {
    this.verdict.broken(17, `${node} does not start any more: ${error instanceof Error ? error.message : String(error)}`);
  }

  defect(node: NodeId, error: unknown): void {
    this.verdict.broken(0, `${node} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
