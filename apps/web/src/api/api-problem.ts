/**
 * The one error of the page: what the server answered, or that nothing answered. Its message is meant to be read by the
 * user; the request id leads the operator to the log.
 */
import type { ErrorCode, Problem } from '@netstore/shared-types';

/**
 * `UNREACHABLE`: no answer came. `UNREADABLE`: an answer that NetStore did not write, such as a proxy's error page.
 * `FILE_UNREADABLE`: the file on this computer cannot be read, so that nothing could be sent.
 */
export type ApiProblemCode = ErrorCode | 'UNREACHABLE' | 'UNREADABLE' | 'FILE_UNREADABLE';

interface ApiProblemOptions {
  readonly code: ApiProblemCode;
  /** 0 when nothing answered. */
  readonly status: number;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([0, 408, 425, 429, 502, 503, 504, 507]);

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ApiProblemCode;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ApiProblemOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same request may succeed when it is simply sent again. */
  get isRetryable(): boolean {
    return RETRYABLE_STATUSES.has(this.status);
  }

  /** Whether a write that was answered so may have happened all the same: then only the same key may be sent again. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

export function unreachable(cause?: unknown): ApiProblem {
  return new ApiProblem('NetStore does not answer. Check the connection, or whether the server is running.', {
    code: 'UNREACHABLE',
    status: 0,
    cause,
  });
}

export interface AnswerHead {
  readonly status: number;
  readonly header: (name: string) => string | null;
}

/** The problem that an answer with an error status describes. */
export function readProblem(answer: AnswerHead, body: string): ApiProblem {
  const retryAfterMs = retryAfter(answer.header('retry-after'));
  const problem = parseProblem(body);
  if (problem === undefined) {
    const message = `The server answered ${answer.status} without an explanation.`;
    return new ApiProblem(message, { code: 'UNREADABLE', status: answer.status, retryAfterMs });
  }
  return new ApiProblem(problem.detail, {
    code: problem.code as ErrorCode,
    status: answer.status,
    requestId: problem.requestId,
    retryAfterMs,
  });
}

function parseProblem(body: string): Pick<Problem, 'detail' | 'code' | 'requestId'> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { detail, title, code, requestId } = parsed as Record<string, unknown>;
    if (typeof code !== 'string') return undefined;
    const words = [detail, title].find((text) => typeof text === 'string' && text !== '');
    return { code, detail: String(words ?? code), requestId: typeof requestId === 'string' ? requestId : '' };
  } catch {
    return undefined;
  }
}

function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** Any thrown value as a problem; what is none already is a defect of the page. */
export function toApiProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiProblem(`The page made a mistake: ${message}`, { code: 'NS_INTERNAL', status: 500, cause: thrown });
}
