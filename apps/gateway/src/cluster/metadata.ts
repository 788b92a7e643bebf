/**
 * Questions about entries, files and operations of the nodes' catalogue. The primary answers them with the present state;
 * when it cannot be reached, any node answers with the state it has, and the answer says that it may be old.
 */
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import type {
  EntriesAnswer,
  EntryAnswer,
  FileAnswer,
  GetEntry,
  GetFile,
  Holdings,
  ListEntries,
  ManifestPage,
} from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { NodeLink } from './node-link.ts';
import { isRetried, type StorageNodes } from './storage-nodes.ts';

const ANSWER_WITHIN_MS = 5_000;
/** Shorter than for writes: an old answer that says so is better than a long wait. */
const RETRY_FOR_MS = 2_000;

type Question<Body extends { readonly allowStale: boolean; readonly minSeq: number | null }> = Omit<Body, 'allowStale' | 'minSeq'>;

export function getEntry(nodes: StorageNodes, question: Question<GetEntry>, signal: AbortSignal): Promise<EntryAnswer> {
  return askWithFallback(nodes, signal, (connection, allowStale) =>
    connection.request('GET_ENTRY', { ...question, allowStale, minSeq: null }, 'ENTRY', { timeoutMs: ANSWER_WITHIN_MS, signal }),
  );
}

export function listEntries(nodes: StorageNodes, question: Question<ListEntries>, signal: AbortSignal): Promise<EntriesAnswer> {
  return askWithFallback(nodes, signal, (connection, allowStale) =>
    connection.request('LIST_ENTRIES', { ...question, allowStale, minSeq: null }, 'ENTRIES', { timeoutMs: ANSWER_WITHIN_MS, signal }),
  );
}

export function getFile(nodes: StorageNodes, question: Question<GetFile>, signal: AbortSignal): Promise<FileAnswer> {
  return askWithFallback(nodes, signal, (connection, allowStale) =>
    connection.request('GET_FILE', { ...question, allowStale, minSeq: null }, 'FILE', { timeoutMs: ANSWER_WITHIN_MS, signal }),
  );
}

export interface ManifestQuestion {
  readonly requestId: string;
  readonly contentId: number;
  readonly firstByte: number;
}

/** From any node that knows the content: a manifest never changes. */
export function getManifest(nodes: StorageNodes, question: ManifestQuestion, signal: AbortSignal): Promise<ManifestPage> {
  return askEach(nodes.byFitness(), signal, async (connection) => {
    const { manifest } = await connection.request('GET_MANIFEST', question, 'MANIFEST', { timeoutMs: ANSWER_WITHIN_MS, signal });
    if (manifest === null) throw new NetStoreError('NS_UNAVAILABLE', `Content ${question.contentId} is not known yet`);
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

interface Dated {
  readonly epoch: number;
  readonly isStale: boolean;
}

async function askWithFallback<Answer extends Dated>(
  nodes: StorageNodes,
  signal: AbortSignal,
  ask: (connection: Connection, allowStale: boolean) => Promise<Answer>,
): Promise<Answer> {
  // While the primary is known to be away each question looks for one once, and does not wait again.
  const retryForMs = nodes.isPrimaryMissing ? 0 : RETRY_FOR_MS;
  try {
    return await nodes.askPrimary((connection) => believed(nodes, ask(connection, false)), { retryForMs, signal });
  } catch (error) {
    if (!isRetried(error) || signal.aborted) throw error;
    const answer = await askEach(nodes.byFitness(), signal, (connection) => ask(connection, true));
    // A primary that missed being replaced takes its own state for the present one.
    return answer.epoch < nodes.primary.epoch ? { ...answer, isStale: true } : answer;
  }
}

/** An answer from an epoch that is over is as good as none: the node that gave it has missed being replaced. */
async function believed<Answer extends Dated>(nodes: StorageNodes, asking: Promise<Answer>): Promise<Answer> {
  const answer = await asking;
  if (answer.epoch < nodes.primary.epoch) {
    throw new NetStoreError('NS_FENCED', `Epoch is too old: expected ${nodes.primary.epoch} or later, got ${answer.epoch}`);
  }
  nodes.primary.learn({ epoch: answer.epoch, primary: null });
  return answer;
}

/** The first answer of any of `links`, tried one after the other. */
async function askEach<Answer>(
  links: readonly NodeLink[],
  signal: AbortSignal,
  ask: (connection: Connection) => Promise<Answer>,
): Promise<Answer> {
  const reasons: string[] = [];
  for (const link of links) {
    try {
      return await link.converse(ask, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      reasons.push(`${link.id}: ${toNetStoreError(thrown).message}`);
    }
  }
  throw new NetStoreError('NS_UNAVAILABLE', `No node answered: ${reasons.join('; ')}`);
}
