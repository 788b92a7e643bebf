/**
 * Moves a folder together with the rules that name it by its path. Before the commit the auth service gives the new path what holds at the old
 * one, after it the old one loses it, unless
 * something of it lies in the trash, which is judged by the path that it had; when it is not known whether the commit happened both keep it, so that nothing is open that was closed.
 */
import { decide, type FilePath, type IfExists, NetStoreError } from '@netstore/shared-types';
import type { AuthClient } from '../auth/auth-client.ts';
import { getEntry } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { mayBeInTrash } from '../files/find-in-trash.ts';
import type { OperationIdentity } from '../files/idempotency.ts';
import { findEarlier } from '../files/run-operation.ts';
import type { GrantedSpace } from './space-rights.ts';

export interface CarriedMove {
  readonly requestId: string;
  readonly space: GrantedSpace;
  readonly identity: OperationIdentity;
  readonly from: FilePath;
  readonly to: FilePath;
  readonly ifExists: IfExists;
  /** `restored`: out of the trash, whose rules stay with the old path. */
  readonly how: 'moved' | 'restored';
}

export interface CarryRulesOptions {
  readonly auth: AuthClient;
  readonly nodes: StorageNodes;
  /** Told when the auth service did not hear how a move ended: rules are left at both paths. */
  readonly onEndUnheard: (error: unknown) => void;
}

/** Runs the move. Throws what it throws, and `NS_FORBIDDEN` or `NS_CONFLICT` when the rules cannot follow: then it did not happen. */
export async function carryRules<Result>(options: CarryRulesOptions, move: CarriedMove, run: () => Promise<Result>): Promise<Result> {
  // Rules were carried when it was committed: what is at the old path now may be about something else.
  const isRepeated = (await findEarlier(options.nodes, move)) !== undefined;
  const hasRules = isRepeated || (await begin(options, move));
  try {
    const result = await run();
    if (hasRules) await end(options, move, 'committed');
    return result;
  } catch (error) {
    const isRejected = error instanceof NetStoreError && error.status < 500;
    if (hasRules && isRejected && !isRepeated) await end(options, move, 'rejected');
    throw error;
  }
}

/** Whether there are any rules to carry. */
async function begin({ auth, nodes }: CarryRulesOptions, move: CarriedMove): Promise<boolean> {
  const { space, from, to, ifExists, identity, requestId } = move;
  if (ifExists === 'fail') {
    // What is there already must not be opened by rules that come from elsewhere.
    const question = { requestId, space: space.id, path: to, withVersions: false, minSeq: null };
    const { entry } = await getEntry(nodes, question, new AbortController().signal);
    if (entry !== null) throw new NetStoreError('NS_ALREADY_EXISTS', 'Something is there already');
  }
  const { operationId } = identity;
  const mayManage = decide(space.access, 'manage', '').isAllowed;
  const asked = { from, to, operationId, userId: space.userId, mayManage, isPlain: ifExists === 'fail' };
  const { hasRules } = await auth.beginRulesMove(space.name, asked);
  return hasRules;
}

async function end({ auth, nodes, onEndUnheard }: CarryRulesOptions, move: CarriedMove, how: 'committed' | 'rejected'): Promise<void> {
  const { space, from, to, identity } = move;
  try {
    const outcome = how === 'rejected' ? how : await outcomeOf(nodes, move);
    await auth.endRulesMove(space.name, { from, to, operationId: identity.operationId, outcome });
  } catch (error) {
    onEndUnheard(error);
  }
}

/** Asked after the commit: what is trashed from then on was never below the rules that leave. */
async function outcomeOf(nodes: StorageNodes, { requestId, space, from, how }: CarriedMove): Promise<'moved' | 'restored'> {
  if (how === 'restored') return how;
  return (await mayBeInTrash(nodes, { requestId, space: space.id, path: from })) ? 'restored' : 'moved';
}
