/** When a record that was never committed has no effect, because nobody can have its blobs. Pure. */

/** What a node has of a blob. `damaged`: there is a trace of it, so that its absence proves nothing. */
export type BlobTrace = 'held' | 'absent' | 'damaged';

export interface BlobTraces {
  /** The last record that this node acknowledged. */
  readonly markSeq: number;
  /** Of each blob of the record, in its order. */
  readonly states: readonly BlobTrace[];
}

/** Two members that never had a blob prove that no two ever held it. */
const PROOFS_NEEDED = 2;

/** Whether one of the blobs of the record at `seq` is with none of those who answered, and provably was with too few ever. */
export function isProvenVoid(seq: number, answers: readonly BlobTraces[]): boolean {
  const blobCount = Math.max(0, ...answers.map(({ states }) => states.length));
  for (let index = 0; index < blobCount; index += 1) {
    const traces = answers.map(({ markSeq, states }) => traceOf(states[index], markSeq >= seq));
    if (!traces.includes('held') && traces.filter((trace) => trace === 'absent').length >= PROOFS_NEEDED) return true;
  }
  return false;
}

/** Who acknowledged a record held its blobs: it lost what it has no trace of. */
function traceOf(state: BlobTrace | undefined, hasAcknowledged: boolean): BlobTrace {
  return state === undefined || (state === 'absent' && hasAcknowledged) ? 'damaged' : state;
}
