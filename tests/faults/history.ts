/** What clients did and were told, as the checks read it. */

export type OperationKind = 'put' | 'get' | 'delete' | 'add';

/**
 * `ok`: it happened. `fail`: it was refused and had no effect. `unknown`: it happened, or will happen, or never will; an
 * operation whose client was not told anything is unknown too.
 */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** A content by its SHA-256 in hex; null where no file is. */
export type Content = string | null;

export interface Operation {
  readonly id: number;
  readonly client: string;
  readonly kind: OperationKind;
  readonly path: string;
  /** What was put or added, or what a get that is `ok` saw; null for a delete. */
  readonly content: Content;
  /** Milliseconds on one clock for the whole history. */
  readonly invokedAtMs: number;
  /** Undefined when no answer came. */
  readonly returnedAtMs: number | undefined;
  readonly outcome: Outcome;
  /** The answer said that it may be older than the request: what it shows was true at some time before. */
  readonly isStale: boolean;
  readonly version: string | undefined;
  /** Why it was refused, or why nothing is known; for people. */
  readonly reason: string | undefined;
}

export function byPath(history: readonly Operation[]): Map<string, Operation[]> {
  return Map.groupBy(history, (operation) => operation.path);
}

export function describeOperation(operation: Operation): string {
  const { id, client, kind, content, outcome, invokedAtMs, returnedAtMs, isStale } = operation;
  const time = `${invokedAtMs.toFixed(0)}…${returnedAtMs?.toFixed(0) ?? ''}`;
  const what = content === null ? 'nothing' : content.slice(0, 8);
  return `#${id} ${client} ${time} ${kind} ${kind === 'delete' ? '' : `${what} `}${outcome}${isStale ? ', possibly stale' : ''}`;
}
