/** One value that can be watched. The page's own stores are made of it; React reads them by `useObservable`. */
import { useSyncExternalStore } from 'react';

export interface ReadonlyObservable<Value> {
  readonly get: () => Value;
  /** Returns how to stop watching. */
  readonly subscribe: (listener: () => void) => () => void;
}

export class Observable<Value> implements ReadonlyObservable<Value> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  readonly get = (): Value => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: Value): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}

export function useObservable<Value>(observable: ReadonlyObservable<Value>): Value {
  return useSyncExternalStore(observable.subscribe, observable.get);
}
