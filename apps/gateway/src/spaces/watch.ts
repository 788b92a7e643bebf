/**
 * Looks after many things with one timer, for as long as there are any: what ends before its turn has cost an entry in a set. The timer outlives
 * the last of them until its next turn, so that things which come one after the other do not begin it anew each time.
 */
export interface Watched {
  look(): void;
}

export class Watch {
  readonly #everyMs: number;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  add(watched: Watched): void {
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#turn(), this.#everyMs).unref();
  }

  delete(watched: Watched): void {
    this.#watched.delete(watched);
  }

  #turn(): void {
    for (const watched of this.#watched) watched.look();
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
