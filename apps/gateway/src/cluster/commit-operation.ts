/** Commits one operation through the primary, and asks what became of an earlier one. */
import { NetStoreError, type OperationId, type UserId } from '@netstore/shared-types';
import type { Committed, Incoming, Operation } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { StorageNodes } from './storage-nodes.ts';

/** The primary may have to fetch blobs from a peer before it can append the record. */
const COMMITTED_WITHIN_MS = 15_000;
const ANSWER_WITHIN_MS = 5_000;

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
  // No signal: a client that went away does not make the outcome less interesting for what has to be cleaned up.
  const answer = await nodes.askPrimary((connection) => commitOn(connection, request));
  if (answer.name === 'COMMITTED') {
    // A repeated answer carries the epoch of the first one, which may be over.
    if (!answer.body.isReplay) nodes.primary.learn({ epoch: answer.body.epoch, primary: null });
    return answer.body;
  }
  // Their bytes left this memory when two members held them: only the client has them now.
  const { length } = answer.body.blobIds;
  throw new NetStoreError(
    'NS_UNAVAILABLE',
    `${length} or more parts of the file were lost before the commit: send it again with the same key`,
  );
}

type CommitAnswer = Extract<Incoming, { readonly name: 'COMMITTED' | 'BLOBS_MISSING' }>;

async function commitOn(connection: Connection, request: OperationRequest): Promise<CommitAnswer> {
  await connection.send('COMMIT', request);
  const answer = await connection.receive({ timeoutMs: COMMITTED_WITHIN_MS });
  if (answer.name === 'COMMITTED' || answer.name === 'BLOBS_MISSING') return answer;
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
  return nodes.askPrimary(async (connection) => {
    await connection.send('GET_OPERATION', { requestId, operationId });
    const answer = await connection.receive({ timeoutMs: ANSWER_WITHIN_MS, ...options });
    if (answer.name === 'COMMITTED') return answer.body;
    if (answer.name === 'OPERATION_UNKNOWN') return undefined;
    throw new NetStoreError('NS_MESSAGE_UNEXPECTED', `Answer to GET_OPERATION is wrong: expected COMMITTED, got ${answer.name}`);
  }, options);
}
