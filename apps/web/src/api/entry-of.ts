import type { Entry, EntryDetail } from '@netstore/shared-types';

/** An entry as listings show it, from all that is known of it. */
export function entryOf({ versions: _versions, replicas, ...entry }: EntryDetail): Entry {
  return { ...entry, replicas: replicas && { durable: replicas.durable, total: replicas.total } };
}
