/**
 * What is to be done next for a disk that is being taken in, by what the nodes say. A primary takes it in for as long as it is primary, so each new
 * one has to be asked again; asking twice changes nothing. Pure: time is what it is told.
 */
import { formatBytes, formatCount, formatDuration } from '@netstore/command-line';
import { type ErrorCode, NetStoreError, type NodeId } from '@netstore/shared-types';
import { primaryOf } from '@netstore/wire-protocol';
import type { AskedNode } from './cluster-client.ts';

/** An answer may come late, and a fail-over takes a few seconds: neither is worth a word. */
const UNSAID_MS = 5_000;

export type Step =
  | { readonly kind: 'ask'; readonly primary: NodeId; readonly epoch: number }
  /** `news` is said once, `progress` as it comes. */
  | { readonly kind: 'wait'; readonly progress: string; readonly news?: string }
  | { readonly kind: 'give-up'; readonly error: NetStoreError }
  | { readonly kind: 'member' };

/** Why nothing goes on now, for people. */
export interface Trouble {
  readonly code: ErrorCode;
  readonly what: string;
}

export class ReplacementCourse {
  readonly #nodeId: NodeId;
  readonly #patienceMs: number;
  #asked: { readonly primary: NodeId; readonly epoch: number } | undefined;
  #troubleSinceMs: number | undefined;
  #isTroubleSaid = false;

  /** `patienceMs`: how long nothing may go on. */
  constructor(nodeId: NodeId, patienceMs: number) {
    this.#nodeId = nodeId;
    this.#patienceMs = patienceMs;
  }

  /** Who takes the disk in; undefined before somebody said so. */
  get takenInBy(): NodeId | undefined {
    return this.#asked?.primary;
  }

  look(reports: readonly AskedNode[], nowMs: number): Step {
    const primary = primaryOf(reports);
    const node = reports.find(({ nodeId }) => nodeId === this.#nodeId);
    if (this.#asked !== undefined && isMember(this.#nodeId, reports)) return { kind: 'member' };
    if (primary === undefined) return this.held({ code: 'NS_NO_QUORUM', what: 'nobody is primary' }, nowMs);
    if (node?.status == null) return this.held({ code: 'NS_UNAVAILABLE', what: `${this.#nodeId} does not answer` }, nowMs);
    const { nodeId, epoch } = primary;
    // Whoever was away for long may have come back as another one.
    if (this.#asked?.epoch !== epoch || this.#isTroubleSaid) return { kind: 'ask', primary: nodeId, epoch };
    this.#troubleSinceMs = undefined;
    const { debt, lastSeq } = node.status;
    const records = formatCount(Math.max(0, primary.lastSeq - lastSeq), 'record');
    const blobs = `${formatCount(debt.blobs, 'blob')} (${formatBytes(debt.bytes)})`;
    return { kind: 'wait', progress: `${this.#nodeId}: ${records} behind, ${blobs} still to copy` };
  }

  /** The primary has said that it takes the disk in. */
  asked(primary: NodeId, epoch: number): void {
    this.#asked = { primary, epoch };
    this.#troubleSinceMs = undefined;
    this.#isTroubleSaid = false;
  }

  /** Nothing goes on now. */
  held({ code, what }: Trouble, nowMs: number): Step {
    this.#troubleSinceMs ??= nowMs;
    const heldMs = nowMs - this.#troubleSinceMs;
    const patience = formatDuration(this.#patienceMs);
    if (heldMs >= this.#patienceMs) {
      const wayOut = `What it has copied stays. See: netstore status. Then ask again: netstore node replace ${this.#nodeId}`;
      return {
        kind: 'give-up',
        error: new NetStoreError(code, `${this.#nodeId} is not taken in: for ${patience} now, ${what}. ${wayOut}`),
      };
    }
    const progress = `${this.#nodeId}: waiting, ${what}`;
    if (this.#isTroubleSaid || heldMs < UNSAID_MS) return { kind: 'wait', progress };
    this.#isTroubleSaid = true;
    return { kind: 'wait', progress, news: `Waiting, ${patience} at most: ${what}. This command goes on by itself.` };
  }
}

/** By the primary's word: a disk that is just being taken in does not know better, and one that is not connected is the old one. */
function isMember(nodeId: NodeId, reports: readonly AskedNode[]): boolean {
  const status = reports.find((each) => each.nodeId === nodeId)?.status;
  const peer = primaryOf(reports)?.peers.find((each) => each.nodeId === nodeId);
  return status != null && status.role !== 'learner' && peer?.isMember === true && peer.isConnected && peer.ackedSeq !== null;
}
