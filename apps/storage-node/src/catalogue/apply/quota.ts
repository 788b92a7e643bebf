/** Quotas: what all versions in some spaces may take together. Judged by the state before the record, before anything is changed. */
import type { CopyOperation, PutOperation } from '@netstore/wire-protocol';
import type { Tables } from '../tables/tables.ts';
import { reject } from './rejection.ts';

/** Rejects what would make more of them than the operation allows. Says nothing of how full other spaces are. */
export function requireRoom(operation: PutOperation | CopyOperation, bytes: number, { spaces }: Tables): void {
  if (!('quotas' in operation)) return;
  for (const { spaces: ids, bytesMax } of operation.quotas) {
    const used = ids.reduce((sum, id) => sum + spaces.bytesIn(id), 0);
    if (used + bytes > bytesMax) reject('NS_QUOTA_EXCEEDED', `The quota of ${bytesMax} bytes has no room for ${bytes} more`);
  }
}
