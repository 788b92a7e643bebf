/** Fills in how many copies of a file are known to be held. A copy shares its content, and so its replicas, with the original. */
import type { EntryRow } from '@netstore/wire-protocol';
import type { Replicator } from '../replication/replicator.ts';

export function withReplicas(entry: EntryRow | null, replicator: Replicator): EntryRow | null {
  return entry?.file == null ? entry : { ...entry, replicas: replicator.copies.of(entry.file.contentId) };
}
