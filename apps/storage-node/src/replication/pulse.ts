/** Wakes those who wait for "something changed". Waiters look at the state themselves; a pulse says nothing about it. */
export class Pulse {
  #wake: (() => void) | undefined;
  #next: Promise<void> | undefined;

  notify(): void {
    this.#wake?.();
    this.#wake = undefined;
    this.#next = undefined;
  }

  /** Resolves at the next `notify`. Take it before looking at the state, so that no change falls between. */
  next(): Promise<void> {
    this.#next ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
    return this.#next;
  }
}
