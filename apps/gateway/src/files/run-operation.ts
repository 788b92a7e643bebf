/** Commits one operation on the tree of files and turns its outcome into an answer or an error. */
import { NetStoreError, type UserId } from '@netstore/shared-types';
import type { Committed, Operation } from '@netstore/wire-protocol';
import { commitOperation, findOperation } from '../cluster/commit-operation.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { OperationIdentity } from './idempotency.ts';

export interface RunOperationRequest {
  readonly requestId: string;
  readonly author: UserId;
  readonly identity: OperationIdentity;
  readonly operation: Operation;
}

/** Throws the rejection when the operation was rejected: then it did not happen and never will. */
export async function runOperation(
  nodes: StorageNodes,
  { requestId, author, identity, operation }: RunOperationRequest,
): Promise<AcceptedOperation> {
  const { operationId, fingerprint, retentionMs } = identity;
  return accepted(await commitOperation(nodes, { requestId, operationId, fingerprint, retentionMs, author, operation }));
}

interface Repetition extends Pick<RunOperationRequest, 'requestId' | 'identity'> {
  readonly signal?: AbortSignal;
}

/** What became of the same request when it came before. Throws `NS_OPERATION_ID_REUSED` when its key was used for another one. */
export async function findEarlier(nodes: StorageNodes, { requestId, identity, signal }: Repetition): Promise<Committed | undefined> {
  const { mayBeRepeated, operationId, fingerprint } = identity;
  if (!mayBeRepeated) return undefined;
  const committed = await findOperation(nodes, { requestId, operationId, ...(signal === undefined ? {} : { signal }) });
  if (committed !== undefined && !Buffer.from(fingerprint).equals(committed.fingerprint)) {
    throw new NetStoreError('NS_OPERATION_ID_REUSED', 'The idempotency key was used before for another request');
  }
  return committed;
}

export type AcceptedOperation = Omit<Committed, 'outcome'> & {
  readonly outcome: Extract<Committed['outcome'], { readonly isAccepted: true }>;
};

export function accepted(committed: Committed): AcceptedOperation {
  const { outcome } = committed;
  if (!outcome.isAccepted) throw new NetStoreError(outcome.code, outcome.message);
  return { ...committed, outcome };
}
