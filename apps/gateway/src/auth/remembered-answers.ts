/**
 * Remembers what the auth service answered about a session: fresh answers are used for 5 s, so that a revocation takes effect
 * everywhere within that time. When the auth service is down, the last answer goes on being used for the lifetime of an access
 * token; who was never answered gets `NS_UNAVAILABLE`. Refusals are remembered like grants: nothing fails open.
 */
import { NetStoreError } from '@netstore/shared-types';
import { LRUCache } from 'lru-cache';

const FRESH_MS = 5_000;
const STALE_MS_MAX = 10 * 60_000;
const ANSWERS_MAX = 10_000;

type Answer<Value> = { readonly askedAtMs: number } & ({ readonly value: Value } | { readonly refusal: NetStoreError });

export class RememberedAnswers<Value> {
  readonly #now: () => number;
  readonly #answers = new LRUCache<string, Answer<Value>>({ max: ANSWERS_MAX });
  readonly #asking = new Map<string, Promise<Answer<Value>>>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** `ask` is called at most once at a time for one key. */
  async get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const last = this.#answers.get(key);
    if (last !== undefined && this.#now() - last.askedAtMs < FRESH_MS) return open(last);
    try {
      return open(await this.#askOnce(key, ask));
    } catch (error) {
      const isUsable = last !== undefined && this.#now() - last.askedAtMs < STALE_MS_MAX;
      if (isUsable && isNobodyThere(error)) return open(last);
      throw error;
    }
  }

  #askOnce(key: string, ask: () => Promise<Value>): Promise<Answer<Value>> {
    const running = this.#asking.get(key);
    if (running !== undefined) return running;
    const asking = this.#ask(key, ask).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(key: string, ask: () => Promise<Value>): Promise<Answer<Value>> {
    // The age counts from before the question: a revocation just after the answer was made must still be seen in time.
    const askedAtMs = this.#now();
    const answer = await settle(ask, askedAtMs);
    this.#answers.set(key, answer);
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

function isNobodyThere(error: unknown): boolean {
  return error instanceof NetStoreError && error.isRetryable;
}
