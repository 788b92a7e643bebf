/** What follows from an attempt that failed. Pure: the rules of trying again in one place. */
import type { ApiProblem } from '../api/api-problem.ts';
import type { Upload, UploadFailure } from './upload.ts';

export type Verdict =
  | { readonly kind: 'ask' }
  | { readonly kind: 'try-next-name' }
  | { readonly kind: 'wait-for-sign-in' }
  | { readonly kind: 'try-again'; readonly delayMs: number; readonly countsAsAttempt: boolean }
  | { readonly kind: 'fail'; readonly failure: UploadFailure };

export interface Tries {
  /** Attempts that the server answered. */
  readonly attempts: number;
  /** Names tried for a file that is kept beside others. */
  readonly names: number;
}

/** While the server answers. While nothing answers there is no limit: the queue waits for it. */
export const ATTEMPTS_MAX = 6;
export const NAMES_MAX = 100;
const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 15_000;

export function judge(upload: Upload, problem: ApiProblem, tries: Tries): Verdict {
  if (problem.status === 412 && upload.clashRule === 'ask') return { kind: 'ask' };
  if (problem.status === 412 && upload.clashRule === 'keep-both' && tries.names < NAMES_MAX) return { kind: 'try-next-name' };
  if (problem.status === 401) return { kind: 'wait-for-sign-in' };
  const isAway = problem.code === 'UNREACHABLE';
  if (problem.isRetryable && (isAway || tries.attempts < ATTEMPTS_MAX)) {
    const delayMs = problem.retryAfterMs ?? Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** tries.attempts);
    return { kind: 'try-again', delayMs, countsAsAttempt: !isAway };
  }
  const { message, requestId, isOutcomeUnknown } = problem;
  return { kind: 'fail', failure: { message, requestId, isOutcomeUnknown, canRetry: problem.code !== 'FILE_UNREADABLE' } };
}
