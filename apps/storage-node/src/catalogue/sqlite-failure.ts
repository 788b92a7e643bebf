/** What an error of SQLite means to the node: try again, a defect, or the end of the process. */
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';

/** After these nothing that the connection says can be relied on. */
const FATAL = /^SQLITE_(?:CORRUPT|NOTADB|IOERR|NOMEM|CANTOPEN|READONLY|PROTOCOL)/;

/** The code of SQLite behind an error, if there is one. */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_')) return error.code;
  return sqliteCodeOf(error.cause);
}

export function isFatal(error: unknown): boolean {
  return FATAL.test(sqliteCodeOf(error) ?? '');
}

/** For the one who asked. */
export function describeFailure(error: unknown): NetStoreError {
  if (sqliteCodeOf(error) === 'SQLITE_FULL')
    return new NetStoreError('NS_DISK_FULL', 'The disk has no room for the catalogue', { cause: error });
  return toNetStoreError(error);
}
