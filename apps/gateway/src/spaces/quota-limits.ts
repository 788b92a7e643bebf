/**
 * The quotas that a write carries to the nodes, which judge them when its record is applied: exactly, however many come at once. What cannot fit
 * is refused before its bytes flow, and broken off where they are too many: by what the spaces take when the request comes.
 */
import { NetStoreError, parseSpaceId, type Quota } from '@netstore/shared-types';
import type { QuotaLimit } from '@netstore/wire-protocol';
import { getUsage } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { GrantedSpace } from './space-rights.ts';

/** For an operation: without the field where there are none. */
export function limitsOf({ quotas }: GrantedSpace): { readonly quotas: QuotaLimit[] } | object {
  if (quotas.length === 0) return {};
  return { quotas: quotas.map(({ spaces, bytesMax }) => ({ spaces: spaces.map(parseSpaceId), bytesMax })) };
}

/** Throws `NS_QUOTA_EXCEEDED` for a body of so many bytes, or of so many until now. */
export type RequireRoom = (bytes: number) => void;

interface RoomQuestion {
  readonly requestId: string;
  readonly space: GrantedSpace;
  readonly signal: AbortSignal;
}

/** Where nobody can say how much is taken, only what would not even fit into empty spaces is refused: the commit judges the rest. */
export async function findRoom(nodes: StorageNodes, { requestId, space: { quotas }, signal }: RoomQuestion): Promise<RequireRoom> {
  if (quotas.length === 0) return () => undefined;
  const spaces = [...new Set(quotas.flatMap((quota) => quota.spaces))];
  const used = await usedBytes(nodes, { requestId, spaces, signal });
  const rooms = quotas.map(({ bytesMax, spaces: ids }) => ({
    bytesMax,
    left: bytesMax - ids.reduce((sum, id) => sum + (used.get(id) ?? 0), 0),
  }));
  return (bytes) => {
    const exceeded = rooms.find(({ left }) => bytes > left);
    if (exceeded === undefined) return;
    throw new NetStoreError('NS_QUOTA_EXCEEDED', `The quota of ${exceeded.bytesMax} bytes has no room for ${bytes} more`);
  };
}

interface UsageQuestion extends Omit<RoomQuestion, 'space'> {
  readonly spaces: Quota['spaces'];
}

async function usedBytes(nodes: StorageNodes, { requestId, spaces, signal }: UsageQuestion): Promise<ReadonlyMap<string, number>> {
  try {
    const question = { requestId, spaces: spaces.map(parseSpaceId), minSeq: null };
    const { bytes, isStale } = await getUsage(nodes, question, signal);
    // Something may have been purged since.
    return new Map(isStale ? [] : spaces.map((space, index) => [space, bytes[index] ?? 0]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NetStoreError) return new Map();
    throw error;
  }
}
