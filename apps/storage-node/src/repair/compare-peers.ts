/**
 * Whether the other nodes have what this one has, by digests at the same seq. Two digests at different seqs say nothing; a busy
 * cluster is compared by its checkpoints instead, which are records with a digest in them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { toNetStoreError } from '@netstore/shared-types';
import type { Census } from '@netstore/wire-protocol';
import type { CensusTaken } from '../catalogue/catalogue.ts';
import type { Peer } from '../replication/peers.ts';

const ANSWER_TIMEOUT_MS = 60_000;
const TRIES_MAX = 3;
const AGAIN_MS = 1_000;

export interface ComparePeersOptions {
  readonly peers: readonly Peer[];
  readonly takeOwn: () => Promise<CensusTaken>;
  readonly logger: Logger;
}

/** How many peers differ; undefined when not all of them could be compared and none is known to differ. */
export async function comparePeers({ peers, takeOwn, logger }: ComparePeersOptions, signal: AbortSignal): Promise<number | undefined> {
  let differing = 0;
  let compared = 0;
  for (const peer of peers) {
    const pair = await sameSeq(peer, { takeOwn, logger }, signal);
    if (pair === undefined) continue;
    compared += 1;
    const [own, other] = pair;
    const isCatalogueEqual = own.digest === hex(other.digest);
    const isHeldEqual = own.blobDigest === hex(other.blobDigest);
    if (isCatalogueEqual && isHeldEqual) continue;
    differing += 1;
    const facts = { peer: peer.id, seq: own.seq, isCatalogueEqual, isHeldEqual, ownBlobs: own.blobs, peerBlobs: other.blobs };
    // Blobs that a node is still fetching are a difference, too, and one that goes away by itself.
    if (isCatalogueEqual) logger.warn(facts, 'two nodes hold different blobs at the same record');
    else logger.error(facts, 'two nodes have different catalogues at the same record');
  }
  return differing > 0 || compared === peers.length ? differing : undefined;
}

/** Undefined when the peer does not answer, or is never at the same record. */
async function sameSeq(
  peer: Peer,
  { takeOwn, logger }: Pick<ComparePeersOptions, 'takeOwn' | 'logger'>,
  signal: AbortSignal,
): Promise<[CensusTaken, Census] | undefined> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    try {
      const [own, { census }] = await Promise.all([
        takeOwn(),
        peer.pool.use(
          (connection) =>
            connection.request('SCRUB', { requestId: '', action: 'verify' }, 'SCRUB_STATE', { timeoutMs: ANSWER_TIMEOUT_MS, signal }),
          { signal },
        ),
      ]);
      if (census !== null && census.seq === own.seq) return [own, census];
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message } = toNetStoreError(thrown);
      logger.info({ peer: peer.id, code, reason: message }, 'a node could not be compared with this one');
      return undefined;
    }
    await sleep(AGAIN_MS, undefined, { signal });
  }
  return undefined;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
