/** Tells whoever listens what they have to ask again. Remembers nothing: who was away asks everything again. */
import type { Change } from '@netstore/shared-types';

export class Changes {
  readonly #listeners = new Set<(change: Change) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Call when the change is committed, not before: whoever hears of it asks at once. */
  announce(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Returns what ends the listening. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
