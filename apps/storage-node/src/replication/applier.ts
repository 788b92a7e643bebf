/**
 * Brings the catalogue up to the commit point, in log order, in groups. Staged blobs that a record refers to become kept;
 * those this node does not hold become debt.
 */
import type { BlobId } from '@netstore/shared-types';
import { type Debt, unpackBlobRefs } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { AppliedRecord, Catalogue } from '../catalogue/catalogue.ts';
import { decodeOperation } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogTail } from './log-tail.ts';
import { Pulse } from './pulse.ts';
import { whenAborted } from './when-aborted.ts';

/** Encoded records in one group. */
const GROUP_BYTES_MAX = 2 * 1024 * 1024;
/** Renames of blobs under way at once. */
const KEEPS_AT_ONCE = 16;

export interface ApplierOptions {
  readonly catalogue: Catalogue;
  readonly tail: LogTail;
  readonly blobs: BlobStore;
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
    const aborted = whenAborted(signal);
    while (!signal.aborted) {
      const committed = this.#committed.next();
      if (this.appliedSeq < this.#commitSeq) await this.#applyGroup();
      else await Promise.race([committed, aborted]);
    }
  }

  async #applyGroup(): Promise<void> {
    const { catalogue, tail, blobs, onApplied } = this.#options;
    const records = (await tail.read(this.appliedSeq + 1, GROUP_BYTES_MAX)).filter((record) => record.seq <= this.#commitSeq);
    const missing = await this.#keepBlobs(records);
    const applied = await catalogue.apply(records, missing);
    for (const { committed } of applied) {
      for (const blobId of committed?.discarded ?? []) await blobs.discard(blobId);
    }
    if (missing.size > 0) await this.refreshDebt();
    this.#appliedSeq = catalogue.applied.seq;
    onApplied(applied);
    this.changed.notify();
  }

  async #keepBlobs(records: readonly LogRecord[]): Promise<Set<BlobId>> {
    const missing = new Set<BlobId>();
    const ids = records.flatMap(blobIdsOf);
    for (let at = 0; at < ids.length; at += KEEPS_AT_ONCE) {
      const kept = ids.slice(at, at + KEEPS_AT_ONCE).map(async (blobId) => {
        if (!(await this.#options.blobs.keep(blobId))) missing.add(blobId);
      });
      await Promise.all(kept);
    }
    return missing;
  }

  /** Reads the debt again after blobs were found missing or came in. */
  async refreshDebt(): Promise<void> {
    this.#debt = await this.#options.catalogue.debt();
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
