/** Turns the operating system's errors about files into errors of NetStore. The rooms that touch the disk all ask here. */
import { type ErrorCode, NetStoreError } from '@netstore/shared-types';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const CODES = new Map<string, ErrorCode>([
  ['ENOSPC', 'NS_DISK_FULL'],
  ['EDQUOT', 'NS_DISK_FULL'],
  ['EMFILE', 'NS_BUSY'],
  ['ENFILE', 'NS_BUSY'],
]);

/** The operating system's name for what went wrong, such as `ENOENT`; undefined for any other thrown value. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether there is no room, neither for bytes nor for another file: the one refusal of a disk that ends no process. */
export function isDiskFull(error: unknown): boolean {
  return FULL.has(errnoOf(error) ?? '');
}

/** `NS_DISK_FULL`, `NS_BUSY` when the process has no descriptor left, otherwise `NS_UNAVAILABLE`: the disk refused. */
export function toDiskError(error: unknown, doing: string): NetStoreError {
  if (error instanceof NetStoreError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new NetStoreError(CODES.get(errnoOf(error) ?? '') ?? 'NS_UNAVAILABLE', `${doing} failed: ${reason}`, { cause: error });
}

/** Undefined where there is no such file. */
export async function unlessAbsent<Result>(attempt: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
