/** What clients are promised: answers that stay true, two copies of what was acknowledged, reads that are never older than what was known. */
import type { CatalogueState } from '../world/catalogue-state.ts';
import type { SimDisk } from '../world/disk.ts';
import type { FoundEntry, SimOutcome } from '../world/messages.ts';
import type { SimOperation } from '../world/record.ts';
import type { Truth } from './truth.ts';
import type { Verdict } from './verdict.ts';

export interface ReadDemand {
  /** The change that has to show, or, by a version token, the state that has to be reached. */
  readonly leastSeq: number;
  readonly isByToken: boolean;
}

export class ClientChecks {
  readonly #truth: Truth;
  readonly #verdict: Verdict;
  /** The newest operation on each path that somebody was told of. */
  readonly #toldChanges = new Map<string, number>();

  constructor(truth: Truth, verdict: Verdict) {
    this.#truth = truth;
    this.#verdict = verdict;
  }

  /** What a read of this path that begins now has to show at the least. */
  leastOf(path: string): number {
    return this.#toldChanges.get(path) ?? 0;
  }

  /** `copiesWanted`: of every blob, on the disks there are. */
  answered(
    { id, path }: SimOperation,
    outcome: SimOutcome,
    { disks, copiesWanted }: { disks: readonly SimDisk[]; copiesWanted: number },
  ): void {
    const { state } = this.#truth;
    const decided = state.outcomes.get(id);
    if (decided === undefined || decided.seq !== outcome.seq || decided.isAccepted !== outcome.isAccepted) {
      this.#verdict.broken(10, `${id} is answered with ${JSON.stringify(outcome)}, the log says ${JSON.stringify(decided)}`);
      return;
    }
    if (outcome.isAccepted) this.told(path, outcome.seq);
    const copies = this.#copiesOf(state, path, outcome.seq, disks);
    if (Math.min(2, ...copies) < copiesWanted) this.#verdict.broken(1, `${id} is acknowledged with ${copies.join()} copies of its bytes`);
  }

  #copiesOf({ entries }: CatalogueState, path: string, version: number, disks: readonly SimDisk[]): number[] {
    const entry = entries.get(path);
    // What was deleted or replaced since needs none.
    if (entry?.version !== version) return [];
    return entry.blobIds.map((blobId) => disks.filter((disk) => disk.blobs.get(blobId) === 'held').length);
  }

  wasRead(path: string, { version, appliedSeq }: FoundEntry, { leastSeq, isByToken }: ReadDemand): void {
    const shown = this.#truth.changeAt(path, appliedSeq);
    const reached = isByToken ? appliedSeq : shown.seq;
    if (appliedSeq > this.#truth.seq) this.#verdict.broken(8, `the state at ${appliedSeq} is read, committed is ${this.#truth.seq}`);
    else if (shown.version !== version) this.#verdict.broken(11, `${path} is read as ${version}, and the log says ${shown.version}`);
    else if (reached < leastSeq) this.#verdict.broken(9, `${path} is read as of record ${reached}, after record ${leastSeq} was known`);
    // What another node shows by a token may be ahead of the primary's own catalogue by a moment.
    if (!isByToken) this.told(path, shown.seq);
  }

  /** Somebody knows of this change. */
  told(path: string, seq: number): void {
    this.#toldChanges.set(path, Math.max(seq, this.leastOf(path)));
  }
}
