/**
 * Questions about entries and files, answered from the catalogue. The primary answers with the present state; another full member
 * answers those that say which state they have seen, once it has applied that; any node answers those that take an older one.
 */
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

type QueryName = 'GET_ENTRY' | 'LIST_ENTRIES' | 'GET_FILE' | 'GET_USAGE' | 'GET_MANIFEST' | 'GET_HOLDINGS';

export function queryHandlers(options: QueryOptions): Pick<Handlers, QueryName> {
  const { replicator, catalogue } = options;
  return {
    GET_ENTRY: async (question, connection) => {
      const { space, path, withVersions } = question;
      const { found, ...state } = await answered(question, options, () => catalogue.getEntry(space, path, { withVersions }));
      const { entry, versions } = found;
      await connection.send('ENTRY', { ...state, entry: withReplicas(entry, replicator), versions: [...versions] });
    },
    LIST_ENTRIES: async (question, connection) => {
      const { found, ...state } = await answered(question, options, () => catalogue.listEntries(question));
      const { isFound, entries, next } = found;
      const shown = entries.map((entry) => withReplicas(entry, replicator) as EntryRow);
      await connection.send('ENTRIES', { ...state, isFound, entries: shown, next });
    },
    GET_FILE: async (question, connection) => {
      const { space, path, version, firstByte } = question;
      const { found, ...state } = await answered(question, options, () => catalogue.getFile(space, path, version, firstByte));
      const { isFolder, entry, manifest } = found;
      await connection.send('FILE', { ...state, isFolder, entry: withReplicas(entry, replicator), manifest });
    },
    GET_USAGE: async (question, connection) => {
      const { found, ...state } = await answered(question, options, () => catalogue.usage(question.spaces));
      await connection.send('USAGE', { ...state, bytes: found });
    },
    GET_MANIFEST: async ({ contentId, firstByte }, connection) => {
      await connection.send('MANIFEST', { manifest: await catalogue.getManifest(contentId, firstByte) });
    },
    GET_HOLDINGS: holdingsHandler(options),
  };
}

interface Question {
  readonly allowStale: boolean;
  readonly minSeq: number | null;
}

interface Answered<Found> {
  readonly found: Found;
  readonly appliedSeq: number;
  readonly epoch: number;
  readonly isStale: boolean;
}

/** Throws `NS_NOT_PRIMARY` when this node must not answer. */
export async function answered<Found>(question: Question, options: QueryOptions, find: () => Promise<Found>): Promise<Answered<Found>> {
  const { replicator, catalogue } = options;
  const isStale = await admit(question, options);
  const found = await find();
  // Read afterwards: records that were applied meanwhile may show, and nothing newer than what is said here may.
  return { found, appliedSeq: catalogue.applied.seq, epoch: replicator.core.promised.epoch, isStale };
}

/** Whether the answer may be older than what was asked for. Throws `NS_NOT_PRIMARY` when it must not be. */
async function admit({ allowStale, minSeq }: Question, { replicator, catalogue }: QueryOptions): Promise<boolean> {
  if (minSeq !== null && replicator.isMember && catalogue.applied.seq >= minSeq) return false;
  try {
    // The one place where the primary's word is taken for the present state: a second member confirms it, after the question came.
    await replicator.confirmRead();
    return false;
  } catch (error) {
    if (!allowStale) throw error;
    return true;
  }
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
