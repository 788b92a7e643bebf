/** Whether somebody may do what an operation asks for: at every path it names, and at those that its ids of the trash stand for. */
import { type Access, canBelow, decide, type FilePath, NetStoreError } from '@netstore/shared-types';
import type { Operation, TrashRow } from '@netstore/wire-protocol';
import { listTrash } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { permit, permitBelow } from '../spaces/permit.ts';
import type { GrantedSpace } from '../spaces/space-rights.ts';
import type { OperationIdentity } from './idempotency.ts';
import { findEarlier } from './run-operation.ts';

export interface AskedOperation {
  readonly requestId: string;
  readonly space: GrantedSpace;
  readonly identity: OperationIdentity;
  readonly operation: Operation;
  readonly signal: AbortSignal;
}

export interface PermittedOperation {
  /** Without what is asked for and may not be seen. */
  readonly operation: Operation;
  /** Where a move, or what comes back from the trash, takes its rules from. */
  readonly from?: FilePath;
}

/** Throws `NS_NOT_FOUND` and `NS_FORBIDDEN`. */
export async function permitOperation(nodes: StorageNodes, asked: AskedOperation): Promise<PermittedOperation> {
  const { space, operation } = asked;
  switch (operation.kind) {
    case 'make-folder':
      permit(space, { action: 'write', path: operation.path, what: 'folder' });
      return { operation };
    case 'purge-versions':
      permit(space, { action: 'delete', path: operation.path, what: 'file' });
      return { operation };
    case 'delete':
      permitBelow(space, { action: 'delete', path: operation.path, what: 'entry' });
      return { operation };
    case 'move':
      permitBelow(space, { action: 'delete', path: operation.from, what: 'entry' });
      permitTarget(space, operation.to, operation.ifExists);
      return { operation, from: operation.from };
    case 'copy':
      permitBelow(space, { action: 'read', path: operation.from, what: 'entry' });
      permitTarget(space, operation.to, operation.ifExists);
      return { operation };
    case 'restore':
      return permitRestore(nodes, asked, operation);
    case 'purge':
      return { operation: { ...operation, trashIds: await permitPurge(nodes, asked, operation.trashIds) } };
    default:
      throw new NetStoreError('NS_INTERNAL', `Nobody asks for ${operation.kind} over HTTP`);
  }
}

type RestoreOperation = Extract<Operation, { readonly kind: 'restore' }>;

async function permitRestore(nodes: StorageNodes, asked: AskedOperation, operation: RestoreOperation): Promise<PermittedOperation> {
  const row = await findTrashed(nodes, asked, operation.trashId);
  // It may have been this very request that took it out.
  if (row === undefined && (await findEarlier(nodes, asked)) !== undefined) return { operation };
  if (row === undefined || !decide(asked.space.access, 'read', row.path).isAllowed) throw notInTrash();
  permitBelow(asked.space, { action: 'write', path: row.path, what: 'entry' });
  permitTarget(asked.space, operation.to ?? row.path, operation.ifExists);
  return { operation, from: row.path };
}

/** What may not be seen is left alone like what is not there. */
async function permitPurge(nodes: StorageNodes, asked: AskedOperation, trashIds: readonly number[]): Promise<number[]> {
  const { access } = asked.space;
  if (canBelow(access, 'delete', '')) return [...trashIds];
  const permitted: number[] = [];
  for (const trashId of trashIds) {
    const row = await findTrashed(nodes, asked, trashId);
    const isSeen = row !== undefined && decide(access, 'read', row.path).isAllowed;
    if (isSeen) permitBelow(asked.space, { action: 'delete', path: row.path, what: 'entry' });
    permitted.push(isSeen ? trashId : NOTHING);
  }
  return permitted;
}

async function findTrashed(
  nodes: StorageNodes,
  { requestId, space, signal }: AskedOperation,
  trashId: number,
): Promise<TrashRow | undefined> {
  // The listing goes downwards from a place: just above this one.
  const question = { requestId, space: space.id, after: String(trashId + 1), limit: 1, minSeq: null };
  const { entries, isStale } = await listTrash(nodes, question, signal);
  if (isStale) throw new NetStoreError('NS_UNAVAILABLE', 'The primary does not answer: what is in the trash now cannot be said');
  return entries.find((row) => row.trashId === trashId);
}

/** Where something comes to lie, with all below it: also under the name with a number that it may get to keep both. */
function permitTarget(space: GrantedSpace, to: FilePath, ifExists: 'fail' | 'replace' | 'keep-both'): void {
  permitBelow(space, { action: 'write', path: to, what: 'entry' });
  if (ifExists === 'replace') permitBelow(space, { action: 'delete', path: to, what: 'entry' });
  if (ifExists === 'keep-both' && !mayWriteBeside(space.access, to)) {
    throw new NetStoreError('NS_FORBIDDEN', 'A name with a number beside it is not yours to write: name the new path');
  }
}

/** No record has this number, so nothing is in the trash under it. */
const NOTHING = 0;
const NUMBERED = / \(\d+\)/;

/** By the folder that the new name would be in, and by what names with numbers have for themselves. */
function mayWriteBeside(access: Access, to: FilePath): boolean {
  const folder = to.slice(0, to.lastIndexOf('/') + 1);
  if (!decide(access, 'write', folder.slice(0, -1)).isAllowed) return false;
  const isBeside = (path: string): boolean => path.startsWith(folder) && NUMBERED.test(path.slice(folder.length));
  return ![...access.rules.keys()].some((path) => isBeside(path) && !canBelow(access, 'write', path));
}

function notInTrash(): NetStoreError {
  return new NetStoreError('NS_NOT_FOUND', 'It is not in the trash: it was restored or purged');
}
