/**
 * Remembers what the auth service answered about a session, for at most 4 s: so a revocation takes effect everywhere within 5 s, also on what goes
 * on for long and asks once a second (`held-rights.ts`), and at once where it is heard of. Refusals are remembered like grants. When nobody answers
 * there is no answer: nothing fails open. The age is measured by a clock that nobody sets.
 */
import { NetStoreError } from '@netstore/shared-types';
import { LRUCache } from 'lru-cache';

const FRESH_MS = 4_000;
/** What nobody asks for again takes memory no longer than this. */
const KEPT_MS = 5_000;
const ANSWERS_MAX = 10_000;
/** Of one store of answers. How long the answers about one person are is up to those who give him rules. */
const ANSWERS_BYTES_MAX = 32 * 1024 * 1024;
/** What each takes beside its value. */
const ANSWER_BYTES = 512;

type Answer<Value> = { readonly askedAtMs: number } & ({ readonly value: Value } | { readonly refusal: NetStoreError });

export interface RememberedAnswersOptions<Value> {
  /** Milliseconds, from wherever. */
  readonly now?: () => number;
  /** About how much memory a value takes, where that differs. */
  readonly bytesOf?: (value: Value) => number;
}

export class RememberedAnswers<Value> {
  readonly #now: () => number;
  readonly #answers: LRUCache<string, Answer<Value>>;
  readonly #asking = new Map<string, Promise<Answer<Value>>>();

  constructor({ now = () => performance.now(), bytesOf = () => 0 }: RememberedAnswersOptions<Value> = {}) {
    this.#now = now;
    this.#answers = new LRUCache<string, Answer<Value>>({
      max: ANSWERS_MAX,
      maxSize: ANSWERS_BYTES_MAX,
      sizeCalculation: (answer) => ANSWER_BYTES + ('value' in answer ? bytesOf(answer.value) : 0),
      ttl: KEPT_MS,
      ttlAutopurge: true,
      perf: { now },
    });
  }

  /** `ask` is called at most once at a time for one key. */
  async get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const last = this.#answers.get(key);
    if (last !== undefined && this.#now() - last.askedAtMs < FRESH_MS) return open(last);
    return open(await this.#askOnce(key, ask));
  }

  /** Those that are meant are asked for again, also when the question is on its way: its answer may be from before the change. */
  forget(isMeant: (key: string, value: Value | undefined) => boolean): void {
    for (const key of this.#asking.keys()) if (isMeant(key, undefined)) this.#asking.delete(key);
    for (const [key, answer] of this.#answers.entries()) {
      if (isMeant(key, 'value' in answer ? answer.value : undefined)) this.#answers.delete(key);
    }
  }

  #askOnce(key: string, ask: () => Promise<Value>): Promise<Answer<Value>> {
    const running = this.#asking.get(key);
    if (running !== undefined) return running;
    // The age counts from before the question: a revocation just after the answer was made must still be seen in time.
    const asking = settle(ask, this.#now());
    this.#asking.set(key, asking);
    return this.#take(key, asking);
  }

  /** The answer is remembered unless it was forgotten while it was on its way. */
  async #take(key: string, asking: Promise<Answer<Value>>): Promise<Answer<Value>> {
    try {
      const answer = await asking;
      if (this.#asking.get(key) === asking) this.#answers.set(key, answer);
      return answer;
    } finally {
      if (this.#asking.get(key) === asking) this.#asking.delete(key);
    }
  }
}

async function settle<Value>(ask: () => Promise<Value>, askedAtMs: number): Promise<Answer<Value>> {
  try {
    return { askedAtMs, value: await ask() };
  } catch (error) {
    if (error instanceof NetStoreError && !error.isRetryable && error.status < 500) return { askedAtMs, refusal: error };
    throw error;
  }
}

function open<Value>(answer: Answer<Value>): Value {
  if ('refusal' in answer) throw answer.refusal;
  return answer.value;
}
