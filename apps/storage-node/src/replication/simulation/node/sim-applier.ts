/** Brings the catalogue up to the commit point, and works off debt: `Applier` and `catchUp`. */
import { type Fiber, SimPulse } from '../world/fiber.ts';
import type { SimOutcome } from '../world/messages.ts';
import type { SimRecord } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import type { SimBlobs } from './blobs.ts';
import type { NodeParts } from './node-parts.ts';

const GROUP_RECORDS_MAX = 4;
const RETRY_MS = 1_000;

export interface SimApplierOptions {
  readonly parts: NodeParts;
  readonly blobs: SimBlobs;
  /** After each record, in order. Null for one that carries no operation. */
  readonly onApplied: (seq: number, outcome: SimOutcome | null) => void;
  /** The debt got smaller. */
  readonly onSettled: () => void;
}

export class SimApplier {
  readonly changed = new SimPulse();
  /** Blobs that are referred to and not here, each with the record that does. */
  readonly #debt = new Map<string, number>();
  readonly #options: SimApplierOptions;
  readonly #committed = new SimPulse();
  #commitSeq: number;

  constructor(options: SimApplierOptions) {
    this.#options = options;
    const { disk } = options.parts;
    this.#commitSeq = disk.catalogue.seq;
    for (const { version, blobIds } of disk.catalogue.entries.values()) this.#owe(blobIds, version);
  }

  get appliedSeq(): number {
    return this.#options.parts.disk.catalogue.seq;
  }

  get debt(): { readonly blobs: number; readonly heldSeq: number } {
    const heldSeq = Math.min(...this.#debt.values()) - 1;
    return { blobs: this.#debt.size, heldSeq: this.#debt.size === 0 ? 0 : heldSeq };
  }

  commit(seq: number): void {
    this.#commitSeq = Math.max(this.#commitSeq, seq);
    this.#committed.notify();
  }

  /** A held blob was found bad. */
  lostBlob(blobId: string): void {
    const { disk } = this.#options.parts;
    for (const { version, blobIds } of disk.catalogue.entries.values()) if (blobIds.includes(blobId)) this.#debt.set(blobId, version);
    this.changed.notify();
  }

  *run(): Fiber {
    for (;;) {
      if (this.appliedSeq < this.#commitSeq) yield* this.#applyGroup();
      else yield this.#committed;
    }
  }

  *#applyGroup(): Fiber {
    const { parts, onApplied } = this.#options;
    const { tail, disk, aborted, world } = parts;
    const records = tail.read(this.appliedSeq + 1, GROUP_RECORDS_MAX).filter(({ seq }) => seq <= this.#commitSeq);
    const voids = new Set(aborted.among(records));
    yield { ms: world.random.between(0.05, 1), isFirm: true };
    if (records.length === 0) throw new SimError('NS_LOG_DAMAGED', `log has no record ${this.appliedSeq + 1}, which is committed`);
    for (const record of records) {
      if (record.previous !== disk.catalogue.hash)
        throw new SimError('NS_LOG_DAMAGED', `record ${record.seq} does not follow what is applied`);
      const { state, outcome, kept, freed } = world.rules.applyRecord(disk.catalogue, record, voids.has(record.seq));
      disk.saveCatalogue(state, record.body.kind === 'join');
      if (voids.has(record.seq)) world.cover('void record applied');
      for (const blobId of freed) this.#free(blobId);
      this.#owe(kept, record.seq);
      world.checker.applied(parts.self, record, state);
      aborted.applied(record.seq);
      onApplied(record.seq, outcome);
    }
    this.changed.notify();
  }

  #owe(blobIds: readonly string[], seq: number): void {
    for (const blobId of blobIds) if (!this.#options.blobs.holds(blobId)) this.#debt.set(blobId, seq);
  }

  #free(blobId: string): void {
    this.#debt.delete(blobId);
    this.#options.parts.disk.blobs.delete(blobId);
  }

  *catchUp(): Fiber {
    for (;;) {
      const owed = [...this.#debt.keys()];
      if (owed.length === 0) {
        yield this.changed;
        continue;
      }
      let hasSettled = false;
      for (const blobId of owed) hasSettled = (yield* this.#obtain(blobId)) || hasSettled;
      if (hasSettled) this.#options.onSettled();
      else yield RETRY_MS;
    }
  }

  *#obtain(blobId: string): Fiber<boolean> {
    const { blobs, parts } = this.#options;
    try {
      yield* blobs.settled(blobId);
      if (!blobs.holds(blobId) && this.#debt.has(blobId)) yield* blobs.fetch(blobId);
    } catch (error) {
      if (error instanceof SimError) return false;
      throw error;
    }
    if (this.#debt.delete(blobId)) parts.world.cover('debt worked off');
    return true;
  }

  /** Those of the record's blobs that it still needs and that are not here. What repeats a decided operation needs none. */
  lacking({ body }: SimRecord): readonly string[] {
    if (body.kind !== 'operation' || this.#options.parts.disk.catalogue.outcomes.has(body.operation.id)) return [];
    return body.operation.blobIds.filter((blobId) => !this.#options.blobs.holds(blobId));
  }
}
