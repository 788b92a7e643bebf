/** What a history says about time: how long nobody was served. */
import type { Operation } from './history.ts';

const isWrite = ({ kind }: Operation): boolean => kind !== 'get';

/** From a fault at `fromMs` to the first answer to a write that was begun after it; undefined when there is none. */
export function writesBackAfterMs(history: readonly Operation[], fromMs: number): number | undefined {
  const answered = history.filter((operation) => isWrite(operation) && operation.outcome === 'ok' && operation.invokedAtMs >= fromMs);
  const first = Math.min(...answered.map(({ returnedAtMs }) => returnedAtMs ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(first) ? first - fromMs : undefined;
}

export interface ReadService {
  readonly count: number;
  /** Of these, gets of what had been there for a moment. */
  readonly settledCount: number;
  /** Gets that were not answered with what is there or that nothing is. */
  readonly failed: readonly Operation[];
  /** The longest that one get took of what had been there for a moment. */
  readonly slowestMs: number;
  /**
   * The same of what is not there, which is said on the word of a primary alone, and of what is new, which the others may not know to be
   * committed: it waits for the next primary.
   */
  readonly slowestUnsettledMs: number;
  readonly staleCount: number;
}

/** Under load the next append, a moment later, tells the other nodes that a write is committed. */
const SETTLED_AFTER_MS = 100;

/** Gets that were begun between the two times. */
export function readService(history: readonly Operation[], fromMs: number, untilMs: number): ReadService {
  const gets = history.filter(({ kind, invokedAtMs }) => kind === 'get' && invokedAtMs >= fromMs && invokedAtMs <= untilMs);
  const settled = new Set(
    history
      .filter(({ kind, outcome, returnedAtMs = fromMs }) => kind !== 'get' && outcome === 'ok' && returnedAtMs < fromMs - SETTLED_AFTER_MS)
      .map(({ content }) => content),
  );
  const isSettled = ({ content }: Operation): boolean => content !== null && settled.has(content);
  return {
    count: gets.length,
    settledCount: gets.filter(isSettled).length,
    failed: gets.filter(({ outcome }) => outcome !== 'ok'),
    slowestMs: slowestOf(gets.filter(isSettled)),
    slowestUnsettledMs: slowestOf(gets.filter((get) => !isSettled(get))),
    staleCount: gets.filter(({ isStale }) => isStale).length,
  };
}

function slowestOf(gets: readonly Operation[]): number {
  return Math.max(0, ...gets.map(({ invokedAtMs, returnedAtMs }) => (returnedAtMs ?? Number.POSITIVE_INFINITY) - invokedAtMs));
}
