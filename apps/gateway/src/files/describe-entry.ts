/** One entry with its versions and, asked of every node at once, where each copy of the current one is. */
import type { EntryDetail, FilePath, Replica, SpaceId } from '@netstore/shared-types';
import { getEntry, getHoldings } from '../cluster/metadata.ts';
import type { NodeLink } from '../cluster/node-link.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { entryView, versionView } from './entry-view.ts';
import { notFound } from './not-found.ts';

/** A node that needs longer is said to be unknown: the page must not wait for the slowest. */
const HOLDINGS_WITHIN_MS = 1_000;

export interface EntryQuestion {
  readonly requestId: string;
  readonly space: SpaceId;
  readonly path: FilePath;
  /** The newest state that the client has seen. */
  readonly minSeq: number | null;
}

export interface DescribedEntry {
  readonly detail: EntryDetail;
  readonly appliedSeq: number;
  readonly isStale: boolean;
}

/** Throws `NS_NOT_FOUND`. */
export async function describeEntry(nodes: StorageNodes, question: EntryQuestion, signal: AbortSignal): Promise<DescribedEntry> {
  const { entry, versions, isStale, appliedSeq } = await getEntry(nodes, { ...question, withVersions: true }, signal);
  if (entry === null) throw notFound('entry', isStale);
  const view = entryView(entry);
  if (entry.file === null) return { detail: { ...view, replicas: null, versions: [] }, appliedSeq, isStale };
  const { contentId, version } = entry.file;
  const copies = await Promise.all(nodes.links.map((node) => replicaOn(node, { requestId: question.requestId, contentId }, signal)));
  const durable = copies.filter(({ state }) => state === 'held').length;
  const detail = {
    ...view,
    replicas: { durable, total: copies.length, nodes: copies },
    versions: versions.map((each) => versionView(each, version)),
  };
  return { detail, appliedSeq, isStale };
}

async function replicaOn(
  node: NodeLink,
  question: { readonly requestId: string; readonly contentId: number },
  signal: AbortSignal,
): Promise<Replica> {
  try {
    // The deadline covers the connecting too, which takes longest with a node that is gone.
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(HOLDINGS_WITHIN_MS)]);
    const { state, verifiedAtMs } = await getHoldings(node, { ...question, timeoutMs: HOLDINGS_WITHIN_MS }, deadline);
    return { node: node.id, state, verifiedAt: verifiedAtMs === null ? null : new Date(verifiedAtMs).toISOString() };
  } catch {
    signal.throwIfAborted();
    return { node: node.id, state: 'unknown', verifiedAt: null };
  }
}
