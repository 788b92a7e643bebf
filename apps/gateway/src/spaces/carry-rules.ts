/**
 * Moves a folder together with the rules that name it by its path. Before the commit the auth service gives the new path what holds at the old
 * one, after it the old one loses it, unless something of it lies in the trash, which is judged by the path that it had; when it is not known
 * whether the commit happened both keep it, so that nothing is open that was closed. The auth service hears of the end of every move: until then
 * it changes no rules at either path, where one could be left behind.
 */
import { decide, type FilePath, type IfExists, NetStoreError, type RulesMove } from '@netstore/shared-types';
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
  /** Told when the auth service did not hear how a move ended: rules that it carried are left at both paths. */
  readonly onEndUnheard: (error: unknown) => void;
}

/** Runs the move. Throws what it throws, and `NS_FORBIDDEN` or `NS_CONFLICT` when the rules cannot follow: then it did not happen. */
export async function carryRules<Result>(options: CarryRulesOptions, move: CarriedMove, run: () => Promise<Result>): Promise<Result> {
  // Rules were carried when it was committed: what is at the old path now may be about something else.
  const isRepeated = (await findEarlier(options.nodes, move)) !== undefined;
  const hasRules = isRepeated || (await begin(options, move));
  try {
    const result = await run();
    await end(options, move, { isCommitted: true, hasRules });
    return result;
  } catch (error) {
    const isRejected = error instanceof NetStoreError && error.status < 500;
    if (isRejected && !isRepeated) await end(options, move, { isCommitted: false, hasRules });
    throw error;
  }
}

/** Whether there are any rules to carry. */
async function begin({ auth, nodes }: CarryRulesOptions, move: CarriedMove): Promise<boolean> {
  const { space, to, ifExists, requestId } = move;
  if (ifExists === 'fail') {
    // What is there already must not be opened by rules that come from elsewhere.
    const question = { requestId, space: space.id, path: to, withVersions: false, minSeq: null };
    const { entry } = await getEntry(nodes, question, new AbortController().signal);
    if (entry !== null) throw new NetStoreError('NS_ALREADY_EXISTS', 'Something is there already');
  }
  const { hasRules } = await auth.beginRulesMove(space.name, { ...factsOf(move), isPlain: ifExists === 'fail' });
  return hasRules;
}

/** `hasRules`: there are some, or there may be. */
interface End {
  readonly isCommitted: boolean;
  readonly hasRules: boolean;
}

async function end({ auth, nodes, onEndUnheard }: CarryRulesOptions, move: CarriedMove, { isCommitted, hasRules }: End): Promise<void> {
  try {
    const outcome = isCommitted ? await outcomeOf(nodes, move, hasRules) : 'rejected';
    await auth.endRulesMove(move.space.name, { ...factsOf(move), outcome });
  } catch (error) {
    onEndUnheard(error);
  }
}

function factsOf({ space, from, to, identity: { operationId } }: CarriedMove): Omit<RulesMove, 'isPlain'> {
  return { from, to, operationId, userId: space.userId, mayManage: decide(space.access, 'manage', '').isAllowed };
}

/** Asked after the commit: what is trashed from then on was never below the rules that leave. */
async function outcomeOf(
  nodes: StorageNodes,
  { requestId, space, from, how }: CarriedMove,
  hasRules: boolean,
): Promise<'moved' | 'restored'> {
  if (how === 'restored' || !hasRules) return how;
  return (await mayBeInTrash(nodes, { requestId, space: space.id, path: from })) ? 'restored' : 'moved';
}
