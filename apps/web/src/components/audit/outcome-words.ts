/** Why something was not done, said of somebody else: the table of codes speaks to whoever asked. */
import type { ErrorCode } from '@netstore/shared-types';

export interface Refusal {
  readonly badge: 'Refused' | 'Failed';
  readonly reason: string;
}

/** NetStore could not; in all other cases it would not. */
const FAILURES: Partial<Readonly<Record<ErrorCode, string>>> = {
  NS_INTERNAL: 'A defect of NetStore: the log has more under the request.',
  NS_BUSY: 'NetStore had too much to do.',
  NS_UNAVAILABLE: 'A part of NetStore did not answer; it may have happened.',
  NS_NO_QUORUM: 'Too few nodes held the write; it may have happened.',
  NS_DEADLINE_EXCEEDED: 'No answer came in time; it may have happened.',
  NS_DISK_FULL: 'There was no room left on the disks.',
  NS_BLOB_MISSING: 'No node that was there had all of the file.',
  NS_BLOB_DAMAGED: 'A stored copy was damaged.',
};

const REFUSALS: Partial<Readonly<Record<ErrorCode, string>>> = {
  NS_BAD_REQUEST: 'The request was not understood.',
  NS_UNAUTHENTICATED: 'Nobody was signed in, or not any more.',
  NS_BAD_CREDENTIALS: 'The user name or the password was wrong.',
  NS_BAD_SETUP_TOKEN: 'The set-up token was wrong or had expired.',
  NS_SECOND_FACTOR_REQUIRED: 'The password was right, and a code was asked for.',
  NS_BAD_SECOND_FACTOR: 'The code was wrong, or was used before.',
  NS_BAD_LINK: 'The one-time link was wrong, had expired, or was used.',
  NS_LINK_PASSWORD: 'The password of the link was wrong or missing.',
  NS_LINK_UNKNOWN: 'There was no such link.',
  NS_LINK_ENDED: 'The link had ended.',
  NS_LINK_EXPIRED: 'The link had expired.',
  NS_LINK_USED_UP: 'The link had no downloads left.',
  NS_LINK_TARGET_GONE: 'What the link led to was not there any more.',
  NS_FORBIDDEN: 'They have no right to that.',
  NS_NOT_FOUND: 'It is not there, or not for them.',
  NS_CONFLICT: 'It did not fit what was there.',
  NS_ALREADY_EXISTS: 'Something of that name was there already.',
  NS_ALREADY_SET_UP: 'NetStore was set up already.',
  NS_LAST_ADMIN: 'Nobody would have been left to look after NetStore.',
  NS_PRECONDITION_FAILED: 'Somebody else had changed it meanwhile.',
  NS_QUOTA_EXCEEDED: 'There was no room left in the quota.',
  NS_WEAK_PASSWORD: 'The new password was too weak.',
  NS_TOO_MANY_ATTEMPTS: 'There had been too many attempts.',
};

/** `undefined` for what was done. */
export function refusalOf(outcome: string): Refusal | undefined {
  if (outcome === 'ok') return undefined;
  if (Object.hasOwn(FAILURES, outcome)) return { badge: 'Failed', reason: FAILURES[outcome as ErrorCode] ?? outcome };
  return { badge: 'Refused', reason: Object.hasOwn(REFUSALS, outcome) ? (REFUSALS[outcome as ErrorCode] ?? outcome) : outcome };
}
