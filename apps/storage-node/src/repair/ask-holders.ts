/** Asks both peers which of some blobs they hold. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { BLOB_STATES, packBlobIds } from '@netstore/wire-protocol';
import type { MissingBlob } from '../catalogue/catalogue.ts';
import type { Peer } from '../replication/peers.ts';

const ANSWER_TIMEOUT_MS = 10_000;
const HELD = BLOB_STATES.indexOf('held');

export interface Holders {
  /** How many peers hold each of the blobs, in the order asked for. */
  readonly counts: readonly number[];
  /** Full members said so, all of them. A disk that is none may stand for a while in the place of one that holds a blob. */
  readonly isProof: boolean;
}

export interface AskedPeers {
  readonly peers: readonly Peer[];
  readonly isMember: (nodeId: NodeId, incarnation: Incarnation | null) => boolean;
}

/** Undefined when one of them does not answer of every blob. Rejects when it does not answer at all. */
export async function askHolders(
  asked: readonly MissingBlob[],
  { peers, isMember }: AskedPeers,
  signal: AbortSignal,
): Promise<Holders | undefined> {
  const question = { blobIds: packBlobIds(asked.map(({ blobId }) => blobId)) };
  const answers = await Promise.all(
    peers.map((peer) =>
      peer.pool.use(
        async (connection) => {
          const { states } = await connection.request('GET_BLOB_STATES', question, 'BLOB_STATES', { timeoutMs: ANSWER_TIMEOUT_MS, signal });
          return { states, isMember: isMember(peer.id, connection.peer.incarnation) };
        },
        { signal },
      ),
    ),
  );
  if (answers.some(({ states }) => states.length !== asked.length)) return undefined;
  return {
    counts: asked.map((_, index) => answers.filter(({ states }) => states[index] === HELD).length),
    isProof: answers.every((answer) => answer.isMember),
  };
}
