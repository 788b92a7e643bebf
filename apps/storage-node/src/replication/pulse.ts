/**
 * Wakes those who wait for "something changed". Waiters look at the state themselves; a pulse says nothing about it. Read `count` before looking
 * and give it to `after`, so that no change falls between.
 */
export interface PulseWait {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export class Pulse {
  #count = 0;
  readonly #waiters = new Set<() => void>();

  /** How often it was notified. */
  get count(): number {
    return this.#count;
  }

  notify(): void {
    this.#count += 1;
    for (const wake of [...this.#waiters]) wake();
  }

  /**
   * Resolves when it has been notified since `count` was read, when the signal is aborted, or when the time is over. A wait that ends leaves nothing
   * behind: races against promises that live as long as a loop would.
   */
  after(count: number, { signal, timeoutMs }: PulseWait = {}): Promise<void> {
    if (count !== this.#count || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.#waiters.delete(wake);
        resolve();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
      signal?.addEventListener('abort', wake);
      this.#waiters.add(wake);
    });
  }
}
