/**
 * A rule that an operation breaks. Thrown by the rules, before anything is changed; it becomes the outcome that every node
 * records alike. Any other error is a defect or a failing disk and undoes the whole group.
 */
import type { ErrorCode } from '@netstore/shared-types';
import { NetStoreError } from '@netstore/shared-types';

export class Rejection extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** `message` is for people; it may quote one name, never a whole path. */
export function reject(code: ErrorCode, message: string): never {
  throw new Rejection(code, message);
}

/** Runs a check that is not the catalogue's own: its `NetStoreError` becomes a rejection with `code`. */
export function rejectFailing<Result>(code: ErrorCode, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (error instanceof NetStoreError) reject(code, error.message);
    throw error;
  }
}
