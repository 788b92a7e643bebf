/**
 * Work that takes virtual time: generators that say what they wait for. A fiber stands where the real program has an async function, and each
 * `yield` where that awaits something: between two of them nothing else happens, and at each of them the process may die.
 */
import type { TimeLine } from './time-line.ts';

/** Milliseconds, a pulse, or whichever of both comes first. Firm: not given up when the scope is aborted, like a write to a disk. */
export type Wait = number | SimPulse | { readonly pulse?: SimPulse; readonly ms?: number; readonly isFirm?: true };
export type Fiber<Result = void> = Generator<Wait, Result, undefined>;

/** What a fiber sees at its wait when its scope was aborted. */
export class AbortedError extends Error {}

/** One life of a process. When it is dead, none of its fibers goes on, not even to clean up. */
export class Life {
  readonly name: string;
  isDead = false;
  /** Stopped by a signal: it goes on where it was. */
  frozenUntilMs = 0;

  constructor(name: string) {
    this.name = name;
  }
}

/** What an AbortSignal is in the real program. */
export class Scope {
  readonly life: Life;
  readonly inners = new Set<Scope>();
  readonly #outer: Scope | undefined;
  readonly waiting = new Set<Task<unknown>>();
  readonly aborted = new SimPulse();
  isAborted = false;

  constructor(life: Life, outer?: Scope) {
    this.life = life;
    this.#outer = outer;
    this.isAborted = outer?.isAborted ?? false;
    outer?.inners.add(this);
  }

  inner(): Scope {
    return new Scope(this.life, this);
  }

  abort(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.#outer?.inners.delete(this);
    for (const task of [...this.waiting]) task.interrupt();
    for (const inner of [...this.inners]) inner.abort();
    this.aborted.notify();
  }
}

/** Wakes those who wait for "something changed". */
export class SimPulse {
  #waiters: { readonly task: Task<unknown>; readonly turn: number }[] = [];

  add(task: Task<unknown>, turn: number): void {
    // Those who waited for this or for time, and were woken by time, are left behind: now and then they are cleared away.
    if (this.#waiters.length > 64) this.#waiters = this.#waiters.filter((waiter) => waiter.task.isAt(waiter.turn));
    this.#waiters.push({ task, turn });
  }

  notify(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { task, turn } of waiters) task.wake(turn);
  }
}

export class Task<Result> {
  readonly done = new SimPulse();
  isDone = false;
  error: unknown;
  readonly #time: TimeLine;
  readonly #scope: Scope;
  readonly #fiber: Fiber<Result>;
  readonly #onError: ((error: unknown) => void) | undefined;
  #result: Result | undefined;
  /** Counts the waits: what was to end an earlier one is void. */
  #turn = 0;
  #isFirm = false;

  constructor(time: TimeLine, scope: Scope, fiber: Fiber<Result>, onError?: (error: unknown) => void) {
    this.#time = time;
    this.#scope = scope;
    this.#fiber = fiber;
    this.#onError = onError;
    if (!scope.life.isDead) this.#advance(undefined);
  }

  get result(): Result {
    return this.#result as Result;
  }

  isAt(turn: number): boolean {
    return this.#turn === turn && !this.isDone;
  }

  wake(turn: number): void {
    if (!this.isAt(turn)) return;
    this.#turn += 1;
    this.#time.soon(() => this.#resume(undefined));
  }

  /** The scope was aborted. */
  interrupt(): void {
    if (this.#isFirm) return;
    this.#turn += 1;
    this.#time.soon(() => this.#resume(new AbortedError('aborted')));
  }

  #resume(error: AbortedError | undefined): void {
    const { life } = this.#scope;
    if (life.isDead || this.isDone) return;
    if (life.frozenUntilMs > this.#time.nowMs) this.#time.after(life.frozenUntilMs - this.#time.nowMs, () => this.#resume(error));
    else this.#advance(error);
  }

  #advance(error: AbortedError | undefined): void {
    this.#scope.waiting.delete(this as Task<unknown>);
    try {
      const next = error === undefined ? this.#fiber.next() : this.#fiber.throw(error);
      if (next.done === true) this.#end(next.value, undefined);
      else this.#wait(next.value);
    } catch (thrown) {
      this.#end(undefined, thrown);
    }
  }

  #wait(wait: Wait): void {
    const { pulse, ms, isFirm } = partsOf(wait);
    this.#isFirm = isFirm === true;
    if (this.#scope.isAborted && !this.#isFirm) {
      this.interrupt();
      return;
    }
    const turn = this.#turn;
    this.#scope.waiting.add(this as Task<unknown>);
    pulse?.add(this as Task<unknown>, turn);
    if (ms === undefined) return;
    if (pulse === undefined) this.#time.after(ms, () => this.wake(turn));
    else this.#time.afterAbout(ms, () => this.wake(turn));
  }

  #end(result: Result | undefined, error: unknown): void {
    this.isDone = true;
    this.#result = result;
    this.error = error;
    if (error !== undefined) this.#onError?.(error);
    this.done.notify();
  }
}

function partsOf(wait: Wait): { readonly pulse?: SimPulse; readonly ms?: number; readonly isFirm?: true } {
  if (typeof wait === 'number') return { ms: wait };
  return wait instanceof SimPulse ? { pulse: wait } : wait;
}

/** Until the task has ended, however it does. */
export function* settled(task: Task<unknown>): Fiber {
  while (!task.isDone) yield { pulse: task.done, isFirm: true };
}
