/** Questions about entries and files of the nodes' catalogues, and about what single nodes hold. */
import { NetStoreError } from '@netstore/shared-types';
import type {
  EntriesAnswer,
  EntryAnswer,
  FileAnswer,
  GetEntry,
  GetFile,
  GetUsage,
  Holdings,
  ListEntries,
  ListTrash,
  ManifestPage,
  TrashAnswer,
  UsageAnswer,
} from '@netstore/wire-protocol';
import { askCatalogue } from './ask-catalogue.ts';
import { askEach } from './ask-each.ts';
import type { NodeLink } from './node-link.ts';
import type { StorageNodes } from './storage-nodes.ts';

const ANSWER_WITHIN_MS = 5_000;

/** `minSeq`: the newest state that the client has seen, null when it did not say. */
type Question<Body extends { readonly allowStale: boolean }> = Omit<Body, 'allowStale'>;

/** Copies are counted by the primary alone: others know of their own. So it is asked first, whatever the client has seen. */
export function getEntry(nodes: StorageNodes, question: Question<GetEntry>, signal: AbortSignal): Promise<EntryAnswer> {
  return askCatalogue<EntryAnswer>(nodes, signal, {
    minSeq: question.minSeq,
    isSpread: false,
    isFound: ({ entry }) => entry !== null,
    ask: (connection, freshness, each) =>
      connection.request('GET_ENTRY', { ...question, ...freshness }, 'ENTRY', { timeoutMs: ANSWER_WITHIN_MS, signal: each }),
  });
}

/** From the primary first, as above. The root of a space is there before anything is in it. */
export function listEntries(nodes: StorageNodes, question: Question<ListEntries>, signal: AbortSignal): Promise<EntriesAnswer> {
  return askCatalogue<EntriesAnswer>(nodes, signal, {
    minSeq: question.minSeq,
    isSpread: false,
    isFound: ({ isFound }) => isFound || question.folder === '',
    ask: (connection, freshness, each) =>
      connection.request('LIST_ENTRIES', { ...question, ...freshness }, 'ENTRIES', { timeoutMs: ANSWER_WITHIN_MS, signal: each }),
  });
}

export function getFile(nodes: StorageNodes, question: Question<GetFile>, signal: AbortSignal): Promise<FileAnswer> {
  return askCatalogue<FileAnswer>(nodes, signal, {
    minSeq: question.minSeq,
    isSpread: true,
    isFound: ({ entry, isFolder }) => entry !== null || isFolder,
    ask: (connection, freshness, each) =>
      connection.request('GET_FILE', { ...question, ...freshness }, 'FILE', { timeoutMs: ANSWER_WITHIN_MS, signal: each }),
  });
}

/** From the primary first. That nothing is there is an answer as good as any. */
export function listTrash(nodes: StorageNodes, question: Question<ListTrash>, signal: AbortSignal): Promise<TrashAnswer> {
  return askCatalogue<TrashAnswer>(nodes, signal, {
    minSeq: question.minSeq,
    isSpread: false,
    isFound: () => true,
    ask: (connection, freshness, each) =>
      connection.request('LIST_TRASH', { ...question, ...freshness }, 'TRASH', { timeoutMs: ANSWER_WITHIN_MS, signal: each }),
  });
}

/** From the primary first: its answer counts everything that was acknowledged before the question. */
export function getUsage(nodes: StorageNodes, question: Question<GetUsage>, signal: AbortSignal): Promise<UsageAnswer> {
  return askCatalogue<UsageAnswer>(nodes, signal, {
    minSeq: question.minSeq,
    isSpread: false,
    isFound: () => true,
    ask: (connection, freshness, each) =>
      connection.request('GET_USAGE', { ...question, ...freshness }, 'USAGE', { timeoutMs: ANSWER_WITHIN_MS, signal: each }),
  });
}

export interface ManifestQuestion {
  readonly requestId: string;
  readonly contentId: number;
  readonly firstByte: number;
}

/** From any node that knows the content: a manifest never changes. */
export function getManifest(nodes: StorageNodes, question: ManifestQuestion, signal: AbortSignal): Promise<ManifestPage> {
  return askEach(nodes.byFitness(), signal, async (connection, attemptSignal) => {
    const options = { timeoutMs: ANSWER_WITHIN_MS, signal: attemptSignal };
    const { manifest } = await connection.request('GET_MANIFEST', question, 'MANIFEST', options);
    if (manifest === null) throw new NetStoreError('NS_NOT_FOUND', `Content ${question.contentId} is not known yet`);
    return manifest;
  });
}

export interface HoldingsQuestion {
  readonly requestId: string;
  readonly contentId: number;
  readonly timeoutMs: number;
}

/** What one node says of its own copy. */
export function getHoldings(node: NodeLink, { requestId, contentId, timeoutMs }: HoldingsQuestion, signal: AbortSignal): Promise<Holdings> {
  return node.converse(
    (connection) => connection.request('GET_HOLDINGS', { requestId, contentId }, 'HOLDINGS', { timeoutMs, signal }),
    signal,
  );
}
