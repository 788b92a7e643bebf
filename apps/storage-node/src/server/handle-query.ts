/** Questions about entries and files, answered from the catalogue. A node that is not the primary answers only those that take an older state. */
import type { EntryRow } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Handler, Handlers } from './handler.ts';
import { withReplicas } from './show-replicas.ts';

export interface QueryOptions {
  readonly replicator: Replicator;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
}

type QueryName = 'GET_ENTRY' | 'LIST_ENTRIES' | 'GET_FILE' | 'GET_MANIFEST' | 'GET_HOLDINGS';

export function queryHandlers(options: QueryOptions): Pick<Handlers, QueryName> {
  const { replicator, catalogue } = options;
  const state = (allowStale: boolean): { appliedSeq: number; epoch: number; isStale: boolean } => {
    const isStale = replicator.term?.isServing !== true;
    if (isStale && !allowStale) void replicator.servingTerm;
    return { appliedSeq: replicator.applier.appliedSeq, epoch: replicator.core.promised.epoch, isStale };
  };
  return {
    GET_ENTRY: async (question, connection) => {
      const answer = state(question.allowStale);
      const { entry, versions } = await catalogue.getEntry(question.space, question.path, { withVersions: question.withVersions });
      await connection.send('ENTRY', { ...answer, entry: withReplicas(entry, replicator), versions: [...versions] });
    },
    LIST_ENTRIES: async (question, connection) => {
      const answer = state(question.allowStale);
      const { isFound, entries, next } = await catalogue.listEntries(question);
      await connection.send('ENTRIES', {
        ...answer,
        isFound,
        entries: entries.map((entry) => withReplicas(entry, replicator) as EntryRow),
        next,
      });
    },
    GET_FILE: async (question, connection) => {
      const answer = state(question.allowStale);
      const { isFolder, entry, manifest } = await catalogue.getFile(question.space, question.path, question.version, question.firstByte);
      await connection.send('FILE', { ...answer, isFolder, entry: withReplicas(entry, replicator), manifest });
    },
    GET_MANIFEST: async ({ contentId, firstByte }, connection) => {
      await connection.send('MANIFEST', { manifest: await catalogue.getManifest(contentId, firstByte) });
    },
    GET_HOLDINGS: holdingsHandler(options),
  };
}

/** What this node itself has of one content. A content it has not heard of yet is `unknown`, not missing. */
function holdingsHandler({ catalogue, blobs }: QueryOptions): Handler<'GET_HOLDINGS'> {
  return async ({ contentId }, connection) => {
    const refs = await catalogue.blobsOf(contentId);
    if (refs === null) return connection.send('HOLDINGS', { state: 'unknown', verifiedAtMs: null });
    let oldest: number | null = null;
    for (const { blobId } of refs) {
      const verifiedAtMs = await blobs.verifiedAtMs(blobId);
      if (verifiedAtMs === undefined) return connection.send('HOLDINGS', { state: 'copying', verifiedAtMs: null });
      oldest = Math.min(oldest ?? verifiedAtMs, verifiedAtMs);
    }
    await connection.send('HOLDINGS', { state: 'held', verifiedAtMs: oldest === null ? null : Math.floor(oldest) });
  };
}
