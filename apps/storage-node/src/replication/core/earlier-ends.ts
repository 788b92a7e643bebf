/** Where the log ended a while ago, by looks at even intervals. Pure. */

export class EarlierEnds {
  readonly #seqs: number[];
  readonly #looksMax: number;

  constructor(seq: number, looksMax: number) {
    this.#seqs = [seq];
    this.#looksMax = looksMax;
  }

  look(seq: number): void {
    this.#seqs.push(seq);
    if (this.#seqs.length > this.#looksMax) this.#seqs.shift();
  }

  /** At the first look, or `looksMax` looks ago when there were more. */
  get earliest(): number {
    return this.#seqs[0] as number;
  }
}
