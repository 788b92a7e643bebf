/** Counts the whole trash of a space for as long as a dialog about it is open. */
import { useEffect, useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { type CollectedTrash, collectTrash } from './collect-trash.ts';
import { NO_AMOUNT, type TrashAmount } from './trash-amount.ts';

export interface Collecting {
  readonly found: TrashAmount;
  /** `undefined` until everything was found. */
  readonly collected: CollectedTrash | undefined;
  readonly problem: unknown;
}

/** `round`: counted anew with every other one. `isAsked` is false where whoever looks may not see it. */
export function useCollectedTrash(space: string, { round = 0, isAsked = true } = {}): Collecting {
  const { files } = useNetStore();
  const [found, setFound] = useState(NO_AMOUNT);
  const [collected, setCollected] = useState<CollectedTrash>();
  const [problem, setProblem] = useState<unknown>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is what counting anew is about.
  useEffect(() => {
    if (!isAsked) return;
    setCollected(undefined);
    const controller = new AbortController();
    const { signal } = controller;
    collectTrash(files, { space, onProgress: setFound, signal }).then(setCollected, (thrown: unknown) => {
      if (!signal.aborted) setProblem(thrown);
    });
    return () => controller.abort();
  }, [files, space, round, isAsked]);
  return { found, collected, problem };
}
