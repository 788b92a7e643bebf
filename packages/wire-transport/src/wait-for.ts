/** The one way to wait in this package: for a callback, a deadline or an abort, whichever comes first. */
import type { NetStoreError } from '@netstore/shared-types';
import { toAbortError } from './transport-error.ts';

export interface WaitOptions {
  readonly timeoutMs: number;
  /** What is waited for, as the beginning of an error's message. */
  readonly doing: string;
  /** What is thrown when the time is over. */
  readonly onTimeout: () => NetStoreError;
  readonly signal?: AbortSignal | undefined;
}

/** What the one who is waited for calls. Calls after the first have no effect. */
export interface Waiter<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: NetStoreError) => void;
}

/** `start` gets the waiter; what it returns is called once at the end, whatever the end is. */
export function waitFor<Value>(options: WaitOptions, start: (waiter: Waiter<Value>) => () => void): Promise<Value> {
  const { timeoutMs, doing, onTimeout, signal } = options;
  if (signal?.aborted === true) return Promise.reject(toAbortError(signal, doing));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(onTimeout())), timeoutMs);
    const onAbort = (): void => {
      if (signal !== undefined) finish(() => reject(toAbortError(signal, doing)));
    };
    let isFinished = false;
    let stop: (() => void) | undefined;
    const finish = (settle: () => void): void => {
      if (isFinished) return;
      isFinished = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      stop?.();
      settle();
    };
    signal?.addEventListener('abort', onAbort);
    stop = start({ resolve: (value) => finish(() => resolve(value)), reject: (error) => finish(() => reject(error)) });
    if (isFinished) stop();
  });
}
