/**
 * Brings the catalogue up to the commit point, in log order, in groups. Staged blobs that an accepted record refers to become
 * kept; those this node does not hold become debt; those that a rejected one brought are let go.
 */
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { type Debt, unpackBlobRefs } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { AppliedRecord, Catalogue } from '../catalogue/catalogue.ts';
import { decodeOperation } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import type { Aborted } from './aborted.ts';
import type { LogTail } from './log-tail.ts';
import { missingBlobs } from './missing-blobs.ts';
import { Pulse } from './pulse.ts';
import { retryWhileBusy } from './retry-while-busy.ts';

/** Encoded records in one group. */
const GROUP_BYTES_MAX = 2 * 1024 * 1024;
/** Renames of blobs under way at once. */
const KEEPS_AT_ONCE = 16;

export interface ApplierOptions {
  readonly catalogue: Catalogue;
  readonly tail: LogTail;
  readonly blobs: BlobStore;
  readonly aborted: Aborted;
  readonly debt: Debt;
  /** Called after each group, in order. */
  readonly onApplied: (applied: readonly AppliedRecord[]) => void;
}

export class Applier {
  readonly #options: ApplierOptions;
  readonly #committed = new Pulse();
  readonly changed = new Pulse();
  #commitSeq: number;
  #appliedSeq: number;
  #debt: Debt;

  constructor(options: ApplierOptions) {
    this.#options = options;
    this.#commitSeq = options.catalogue.applied.seq;
    this.#appliedSeq = options.catalogue.applied.seq;
    this.#debt = options.debt;
  }

  /** Moves together with `debt`: what a group misses is known when the group shows. */
  get appliedSeq(): number {
    return this.#appliedSeq;
  }

  /** Blobs that applied records refer to and that are not here. */
  get debt(): Debt {
    return this.#debt;
  }

  commit(seq: number): void {
    this.#commitSeq = Math.max(this.#commitSeq, seq);
    this.#committed.notify();
  }

  /** Runs until aborted. An error means that the catalogue is not to be trusted any more and ends the process. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#keepReferenced();
    while (!signal.aborted) {
      const { count } = this.#committed;
      if (this.appliedSeq < this.#commitSeq) await this.#applyGroup();
      else await this.#committed.after(count, { signal });
    }
  }

  async #applyGroup(): Promise<void> {
    const { catalogue, tail, blobs, aborted, onApplied } = this.#options;
    const records = (await tail.read(this.appliedSeq + 1, GROUP_BYTES_MAX)).filter((record) => record.seq <= this.#commitSeq);
    const voids = new Set(aborted.among(records));
    if (records.length === 0) throw new NetStoreError('NS_LOG_DAMAGED', `Log has no record ${this.appliedSeq + 1}, which is committed`);
    const refs = records.filter(({ seq }) => !voids.has(seq)).flatMap(blobRefsOf);
    const missing = new Set((await missingBlobs(refs, blobs)).map((ref) => ref.blobId));
    const applied = await retryWhileBusy(() => catalogue.apply(records, missing, [...voids]));
    const discarded = new Set(applied.flatMap(({ committed }) => committed?.discarded ?? []));
    const isKept = new Set(
      applied.filter(({ committed }) => committed?.outcome.isAccepted === true && !committed.isReplay).map(({ seq }) => seq),
    );
    const kept = records.filter(({ seq }) => isKept.has(seq)).flatMap(blobIdsOf);
    await this.#keep(kept.filter((blobId) => !missing.has(blobId)));
    for (const blobId of discarded) await blobs.discard(blobId);
    if (missing.size > 0) await this.refreshDebt();
    if (records.some(({ type }) => type === 'join')) await this.#secure();
    this.#appliedSeq = catalogue.applied.seq;
    aborted.applied(this.#appliedSeq);
    onApplied(applied);
    this.changed.notify();
  }

  /** Blobs of records that were applied by a process that died before it kept them. */
  async #keepReferenced(): Promise<void> {
    const { blobs, catalogue } = this.#options;
    const staged: BlobId[] = [];
    for await (const { blobId } of blobs.staged()) staged.push(blobId);
    await this.#keep([...(await retryWhileBusy(() => catalogue.isReferenced(staged)))]);
  }

  async #keep(blobIds: readonly BlobId[]): Promise<void> {
    for (let at = 0; at < blobIds.length; at += KEEPS_AT_ONCE) {
      const group = blobIds.slice(at, at + KEEPS_AT_ONCE);
      const areKept = await Promise.all(group.map((blobId) => this.#keepOne(blobId)));
      await this.#owe(group.filter((_, index) => !areKept[index]));
    }
  }

  /** Found bad, and moved aside, between the look at the blobs of the record and now. */
  async #owe(blobIds: readonly BlobId[]): Promise<void> {
    if (blobIds.length === 0) return;
    await retryWhileBusy(() => this.#options.catalogue.addDebt(blobIds));
    await this.refreshDebt();
  }

  /** False when it is not here. A full disk may have no room for the name in another folder: the blob is as good where it is, the next start tries again. */
  async #keepOne(blobId: BlobId): Promise<boolean> {
    try {
      return await this.#options.blobs.keep(blobId);
    } catch (error) {
      if (!(error instanceof NetStoreError && error.code === 'NS_DISK_FULL')) throw error;
      return true;
    }
  }

  /** That a disk was taken in survives a power cut from then on: a new disk that forgot it would be a learner again, and could not vote. */
  async #secure(): Promise<void> {
    await retryWhileBusy(() => this.#options.catalogue.checkpoint());
  }

  /** Reads the debt again after blobs were found missing or came in. */
  async refreshDebt(): Promise<void> {
    this.#debt = await retryWhileBusy(() => this.#options.catalogue.debt());
    this.changed.notify();
  }
}

/** The blobs that a record refers to. */
export function blobIdsOf(record: LogRecord): BlobId[] {
  return blobRefsOf(record).map((ref) => ref.blobId);
}

export function blobRefsOf(record: LogRecord): ReturnType<typeof unpackBlobRefs> {
  if (record.type !== 'operation') return [];
  const { operation } = decodeOperation(record.payload);
  return operation.kind === 'put' ? unpackBlobRefs(operation.blobs) : [];
}
