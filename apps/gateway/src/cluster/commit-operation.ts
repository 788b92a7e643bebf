/** Commits one operation through the primary, and asks what became of an earlier one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError, type NodeId, type OperationId, type UserId } from '@netstore/shared-types';
import type { Committed, Incoming, Operation } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { Attempt, StorageNodes } from './storage-nodes.ts';

/** The primary may have to fetch blobs from a peer before it can append the record. */
const COMMITTED_WITHIN_MS = 15_000;
const ANSWER_WITHIN_MS = 5_000;
/** A new primary may lack a blob until it has reached the node that holds it. */
const BLOBS_MISSING_FOR_MS = 5_000;
const BLOBS_MISSING_PAUSE_MS = 250;

export interface OperationRequest {
  readonly requestId: string;
  readonly operationId: OperationId;
  /** 32 bytes. */
  readonly fingerprint: Uint8Array;
  readonly retentionMs: number;
  readonly author: UserId;
  readonly operation: Operation;
}

/**
 * Resolves with the outcome, which may be a rejection. Whatever it throws instead, the operation may or may not happen:
 * only the same operation id again can tell.
 */
export async function commitOperation(nodes: StorageNodes, request: OperationRequest): Promise<Committed> {
  const giveUpAtMs = performance.now() + BLOBS_MISSING_FOR_MS;
  for (;;) {
    // No signal: a client that went away does not make the outcome less interesting for what has to be cleaned up.
    const { answer, nodeId } = await nodes.askPrimary((connection, attempt) => commitOn(connection, request, attempt));
    if (answer.name === 'COMMITTED') {
      const { epoch, isReplay } = answer.body;
      // A repeated answer carries the epoch of the first one, which may be over.
      if (!isReplay) nodes.primary.prove({ epoch, nodeId });
      return answer.body;
    }
    // Their bytes left this memory when two members held them: only the nodes and the client have them now.
    if (performance.now() >= giveUpAtMs) throw blobsLost(answer.body.blobIds.length);
    await sleep(BLOBS_MISSING_PAUSE_MS);
  }
}

function blobsLost(count: number): NetStoreError {
  return new NetStoreError(
    'NS_UNAVAILABLE',
    `The nodes that can be reached lack ${count} or more parts of the file: send it again with the same key`,
  );
}

interface CommitAnswer {
  readonly answer: Extract<Incoming, { readonly name: 'COMMITTED' | 'BLOBS_MISSING' }>;
  readonly nodeId: NodeId;
}

async function commitOn(connection: Connection, request: OperationRequest, { node, signal }: Attempt): Promise<CommitAnswer> {
  await connection.send('COMMIT', request, signal);
  const answer = await connection.receive({ timeoutMs: COMMITTED_WITHIN_MS, signal });
  if (answer.name === 'COMMITTED' || answer.name === 'BLOBS_MISSING') return { answer, nodeId: node.id };
  throw new NetStoreError('NS_MESSAGE_UNEXPECTED', `Answer to COMMIT is wrong: expected COMMITTED, got ${answer.name}`);
}

export interface OperationQuestion {
  readonly requestId: string;
  readonly operationId: OperationId;
  readonly signal?: AbortSignal;
}

/** `undefined` when no operation was committed under this id within its retention. */
export function findOperation(nodes: StorageNodes, { requestId, operationId, signal }: OperationQuestion): Promise<Committed | undefined> {
  const options = signal === undefined ? {} : { signal };
  return nodes.askPrimary(async (connection, attempt) => {
    await connection.send('GET_OPERATION', { requestId, operationId }, attempt.signal);
    const answer = await connection.receive({ timeoutMs: ANSWER_WITHIN_MS, signal: attempt.signal });
    if (answer.name === 'COMMITTED') return answer.body;
    if (answer.name === 'OPERATION_UNKNOWN') return undefined;
    throw new NetStoreError('NS_MESSAGE_UNEXPECTED', `Answer to GET_OPERATION is wrong: expected COMMITTED, got ${answer.name}`);
  }, options);
}
