/** Which members hold one content, asked of each: exact where what the primary knows by low-water marks is not. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Members } from './members.ts';
import { missingBlobs } from './missing-blobs.ts';
import type { Peer } from './peers.ts';

const ANSWER_TIMEOUT_MS = 2_000;
const POLL_MS = 250;

export interface HoldersOptions {
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly members: Members;
  readonly peers: readonly Peer[];
}

/** Resolves with the number of full members that hold it once there are `wanted`, or when `limitMs` have passed. */
export async function untilHeldBy(
  wanted: number,
  contentId: number,
  options: HoldersOptions,
  { limitMs, signal }: { readonly limitMs: number; readonly signal: AbortSignal },
): Promise<number> {
  const giveUpAtMs = performance.now() + limitMs;
  for (;;) {
    const count = await countHolders(contentId, options, signal);
    if (count >= wanted || performance.now() >= giveUpAtMs) return count;
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function countHolders(contentId: number, { catalogue, blobs, members, peers }: HoldersOptions, signal: AbortSignal): Promise<number> {
  const refs = await catalogue.blobsOf(contentId);
  const isOwn = refs !== null && (await missingBlobs(refs, blobs)).length === 0;
  const others = await Promise.all(peers.map((peer) => isHeldBy(peer, contentId, members, signal).catch(() => false)));
  return others.filter((isHeld) => isHeld).length + (isOwn ? 1 : 0);
}

function isHeldBy(peer: Peer, contentId: number, members: Members, signal: AbortSignal): Promise<boolean> {
  const deadline = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
  return peer.pool.use(
    async (connection) => {
      if (!members.counts(peer.id, connection.peer.incarnation)) return false;
      const { state } = await connection.request('GET_HOLDINGS', { requestId: '', contentId }, 'HOLDINGS', deadline);
      return state === 'held';
    },
    { signal },
  );
}
