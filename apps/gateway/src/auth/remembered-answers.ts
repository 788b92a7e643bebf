/**
 * Remembers what the auth service answered about a session, for at most 4 s: so a revocation takes effect everywhere within 5 s, also on what goes
 * on for long and asks once a second (`held-rights.ts`), and at once where it is heard of. Refusals are remembered like grants. When nobody answers there is no answer: nothing fails open.
 */
import { NetStoreError } from '@netstore/shared-types';
import { LRUCache } from 'lru-cache';

const FRESH_MS = 4_000;
const ANSWERS_MAX = 10_000;

type Answer<Value> = { readonly askedAtMs: number } & ({ readonly value: Value } | { readonly refusal: NetStoreError });

export class RememberedAnswers<Value> {
  readonly #now: () => number;
  readonly #answers = new LRUCache<string, Answer<Value>>({ max: ANSWERS_MAX });
  readonly #asking = new Map<string, Promise<Answer<Value>>>();
  #generation = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** `ask` is called at most once at a time for one key. */
  async get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const last = this.#answers.get(key);
    if (last !== undefined && this.#now() - last.askedAtMs < FRESH_MS) return open(last);
    return open(await this.#askOnce(key, ask));
  }

  /** Those that are meant are asked for again, also when the question is on its way: its answer may be from before the change. */
  forget(isMeant: (key: string, value: Value | undefined) => boolean): void {
    this.#generation += 1;
    this.#asking.clear();
    for (const [key, answer] of this.#answers.entries()) {
      if (isMeant(key, 'value' in answer ? answer.value : undefined)) this.#answers.delete(key);
    }
  }

  #askOnce(key: string, ask: () => Promise<Value>): Promise<Answer<Value>> {
    const running = this.#asking.get(key);
    if (running !== undefined) return running;
    const asking = this.#ask(key, ask).finally(() => {
      if (this.#asking.get(key) === asking) this.#asking.delete(key);
    });
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(key: string, ask: () => Promise<Value>): Promise<Answer<Value>> {
    // The age counts from before the question: a revocation just after the answer was made must still be seen in time.
    const askedAtMs = this.#now();
    const generation = this.#generation;
    const answer = await settle(ask, askedAtMs);
    if (generation === this.#generation) this.#answers.set(key, answer);
    return answer;
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
