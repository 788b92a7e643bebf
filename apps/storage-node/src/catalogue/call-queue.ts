/**
 * Calls to the worker thread and their answers. What waits is bounded; changes have a bound of their own, so that a crowd of
 * readers cannot keep the node from applying what is committed.
 */
import type { Worker } from 'node:worker_threads';
import { NetStoreError } from '@netstore/shared-types';
import type { Answer, CatalogueCalls, Question } from './calls.ts';

export const QUERIES_WAITING_MAX = 1024;
export const CHANGES_WAITING_MAX = 64;

const CHANGES: ReadonlySet<keyof CatalogueCalls> = new Set([
  'apply',
  'settleDebt',
  'addDebt',
  'settleUnlinks',
  'unlinkGone',
  'checkpoint',
  'close',
]);

interface Waiting {
  readonly isChange: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Call<Name extends keyof CatalogueCalls> = readonly [name: Name, ...args: Parameters<CatalogueCalls[Name]>];

export class CallQueue {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onCondemned: (error: NetStoreError) => void;
  #changesWaiting = 0;
  #lastId = 0;
  #ended: Error | undefined;

  /** `onCondemned`: the worker has put the file into quarantine. */
  constructor(worker: Worker, onCondemned: (error: NetStoreError) => void) {
    this.#worker = worker;
    this.#onCondemned = onCondemned;
    worker.on('message', (answer: Answer) => this.#settle(answer));
  }

  /** Throws `NS_BUSY` when too many calls wait already, and what the call throws. Buffers in `transfer` change hands. */
  async call<Name extends keyof CatalogueCalls>(
    [name, ...args]: Call<Name>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ReturnType<CatalogueCalls[Name]>> {
    if (this.#ended !== undefined) throw this.#ended;
    const isChange = CHANGES.has(name);
    this.#requireRoom(isChange);
    this.#lastId += 1;
    const question: Question = { id: this.#lastId, name, args };
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(question.id, { isChange, resolve, reject });
    this.#changesWaiting += isChange ? 1 : 0;
    this.#worker.postMessage(question, [...transfer]);
    return (await promise) as ReturnType<CatalogueCalls[Name]>;
  }

  /** The worker is gone: nothing that waits, or is asked from now on, is answered. */
  end(error: Error): void {
    this.#ended = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#changesWaiting = 0;
  }

  #requireRoom(isChange: boolean): void {
    const count = isChange ? this.#changesWaiting : this.#waiting.size - this.#changesWaiting;
    const max = isChange ? CHANGES_WAITING_MAX : QUERIES_WAITING_MAX;
    if (count >= max)
      throw new NetStoreError('NS_BUSY', `Catalogue has too much to do: ${count} ${isChange ? 'changes' : 'queries'} wait, at most ${max}`);
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    this.#changesWaiting -= waiting.isChange ? 1 : 0;
    if ('result' in answer) waiting.resolve(answer.result);
    else this.#reject(waiting, new NetStoreError(answer.failure.code, answer.failure.message, { details: answer.failure.details }));
  }

  #reject(waiting: Waiting, error: NetStoreError): void {
    waiting.reject(error);
    if (error.code === 'NS_CATALOGUE_DAMAGED') this.#onCondemned(error);
  }
}
