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

/** Whether this is a repetition: its outcome is known, and nothing will be done again. */
export async function wasCommitted(
  nodes: StorageNodes,
  { requestId, identity }: Pick<RunOperationRequest, 'requestId' | 'identity'>,
): Promise<boolean> {
  return identity.mayBeRepeated && (await findOperation(nodes, { requestId, operationId: identity.operationId })) !== undefined;
}

export type AcceptedOperation = Omit<Committed, 'outcome'> & {
  readonly outcome: Extract<Committed['outcome'], { readonly isAccepted: true }>;
};

export function accepted(committed: Committed): AcceptedOperation {
  const { outcome } = committed;
  if (!outcome.isAccepted) throw new NetStoreError(outcome.code, outcome.message);
  return { ...committed, outcome };
}
