/** Counts how often each branch of the protocol was taken: a schedule that never recovers proves nothing of recovery. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  add(branch: string, count: number): void {
    this.#counts.set(branch, (this.#counts.get(branch) ?? 0) + count);
  }

  of(branch: string): number {
    return this.#counts.get(branch) ?? 0;
  }

  /** In the order of their names. */
  get counts(): readonly (readonly [branch: string, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  merge(counts: readonly (readonly [branch: string, count: number])[]): void {
    for (const [branch, count] of counts) this.add(branch, count);
  }
}
