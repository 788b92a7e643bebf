/** The digests at the last applied seqs: what another node says of one of them can be compared here a little later. */
/** More than a primary can have appended and not applied, so that a checkpoint finds the seq that it speaks of. */
const SEQS = 16_384;
const DIGEST_BYTES = 32;

export class DigestHistory {
  readonly #digests = Buffer.alloc(SEQS * DIGEST_BYTES);
  readonly #seqs = new Float64Array(SEQS).fill(-1);

  /** `digest`: one character for each byte. */
  put(seq: number, digest: string): void {
    this.#seqs[seq % SEQS] = seq;
    this.#digests.write(digest, (seq % SEQS) * DIGEST_BYTES, DIGEST_BYTES, 'latin1');
  }

  /** Undefined when it was applied too long ago, by an earlier process, or not yet. */
  get(seq: number): Uint8Array | undefined {
    if (this.#seqs[seq % SEQS] !== seq) return undefined;
    const at = (seq % SEQS) * DIGEST_BYTES;
    return Uint8Array.from(this.#digests.subarray(at, at + DIGEST_BYTES));
  }
}
