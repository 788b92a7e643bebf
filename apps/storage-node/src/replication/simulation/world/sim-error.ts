import type { ErrorCode } from '@netstore/shared-types';

/** What `NetStoreError` is in the real program, and the epoch that a refusal names. */
export class SimError extends Error {
  readonly code: ErrorCode;
  readonly epoch: number;

  constructor(code: ErrorCode, message: string, epoch = 0) {
    super(message);
    this.code = code;
    this.epoch = epoch;
  }
}

export function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof SimError ? error.code : undefined;
}
