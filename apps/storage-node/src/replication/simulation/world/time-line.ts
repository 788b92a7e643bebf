/** Virtual time: what is to happen, in order of time and, at one time, in the order in which it was asked for. */

export interface Moment {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Deadlines within one slot are over together, at its end. */
const SLOT_MS = 8;

export class TimeLine {
  readonly #heap: Moment[] = [];
  /** What happens now, before time goes on: a queue that is read from `#soonAt`. */
  #soon: (() => void)[] = [];
  #soonAt = 0;
  readonly #slots = new Map<number, (() => void)[]>();
  #order = 0;
  #nowMs = 0;
  #isStopped = false;
  /** Moments that were run. */
  steps = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): void {
    this.#order += 1;
    push(this.#heap, { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, run });
  }

  /** The same for deadlines, of which most pass without anybody waiting for them any more: a little late, and cheap. */
  afterAbout(delayMs: number, run: () => void): void {
    const slot = Math.ceil((this.#nowMs + Math.max(0, delayMs)) / SLOT_MS);
    const runs = this.#slots.get(slot);
    if (runs !== undefined) {
      runs.push(run);
      return;
    }
    this.#slots.set(slot, [run]);
    this.after(slot * SLOT_MS - this.#nowMs, () => this.#runSlot(slot));
  }

  #runSlot(slot: number): void {
    const runs = this.#slots.get(slot) ?? [];
    this.#slots.delete(slot);
    for (const run of runs) run();
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** Nothing happens any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Runs everything up to `untilMs`. */
  runUntil(untilMs: number): void {
    for (;;) {
      this.#runSoon();
      const next = this.#heap[0];
      if (this.#isStopped) return;
      if (next === undefined || next.atMs > untilMs) break;
      pop(this.#heap);
      this.#nowMs = next.atMs;
      this.steps += 1;
      next.run();
    }
    this.#nowMs = untilMs;
  }

  #runSoon(): void {
    while (this.#soonAt < this.#soon.length && !this.#isStopped) {
      const run = this.#soon[this.#soonAt] as () => void;
      this.#soonAt += 1;
      this.steps += 1;
      run();
    }
    if (this.#soonAt > 0) this.#soon = [];
    this.#soonAt = 0;
  }
}

function isBefore(one: Moment, other: Moment): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

function push(heap: Moment[], moment: Moment): void {
  let at = heap.length;
  heap.push(moment);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(moment, heap[parent] as Moment)) break;
    heap[at] = heap[parent] as Moment;
    at = parent;
  }
  heap[at] = moment;
}

function pop(heap: Moment[]): void {
  const last = heap.pop() as Moment;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Moment, heap[child] as Moment)) child += 1;
    if (!isBefore(heap[child] as Moment, last)) break;
    heap[at] = heap[child] as Moment;
    at = child;
  }
  heap[at] = last;
}
