/**
 * What is committed, by the first primary that said so, and what the catalogue has to say about it. Worked out from the committed records alone, beside
 * all nodes: once a record is in here it never leaves.
 */
import type { Member } from '../../members.ts';
import { applyRecord, type CatalogueState, EMPTY_CATALOGUE } from '../world/catalogue-state.ts';
import type { SimRecord } from '../world/record.ts';

interface Change {
  readonly seq: number;
  /** What the path has from then on; 0 when it was deleted. */
  readonly version: number;
}

export class Truth {
  readonly records: SimRecord[] = [];
  /** The epoch of the primary that committed each record. */
  readonly #committedIn: number[] = [];
  readonly #digests: string[] = [''];
  readonly #changes = new Map<string, Change[]>();
  #state: CatalogueState = EMPTY_CATALOGUE;

  get seq(): number {
    return this.records.length;
  }

  get state(): CatalogueState {
    return this.#state;
  }

  get members(): readonly Member[] {
    return this.#state.members;
  }

  recordAt(seq: number): SimRecord | undefined {
    return this.records[seq - 1];
  }

  digestAt(seq: number): string | undefined {
    return this.#digests[seq];
  }

  /** The last record that was committed in an epoch below this one; 0 when none was. */
  lastCommittedBelow(epoch: number): number {
    return this.#committedIn.findLastIndex((committedIn) => committedIn < epoch) + 1;
  }

  /** These follow. The void ones are those that any of them declares so: earlier ones cannot be declared void any more. */
  extend(records: readonly SimRecord[], epoch: number): void {
    const voids = new Set(records.flatMap(({ body }) => (body.kind === 'new-epoch' ? body.aborted : [])));
    for (const record of records) {
      const before = this.#state;
      this.records.push(record);
      this.#committedIn.push(epoch);
      this.#state = applyRecord(before, record, voids.has(record.seq)).state;
      this.#digests.push(this.#state.digest);
      if (this.#state.entries !== before.entries && record.body.kind === 'operation')
        this.#noteChange(record.body.operation.path, record.seq);
    }
  }

  #noteChange(path: string, seq: number): void {
    const changes = this.#changes.get(path) ?? [];
    changes.push({ seq, version: this.#state.entries.get(path)?.version ?? 0 });
    this.#changes.set(path, changes);
  }

  /** The last change of a path that shows in the state at `seq`. */
  changeAt(path: string, seq: number): Change {
    return this.#changes.get(path)?.findLast((change) => change.seq <= seq) ?? { seq: 0, version: 0 };
  }
}
