/** Asks the other nodes whether they would promise, before any epoch is raised. Binds nobody and leaves nothing behind. */
import type { NodeId } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import type { AskedDisk } from './disk-trust.ts';
import type { Peers } from './peers.ts';

const ANSWER_TIMEOUT_MS = 900;

export interface Prevoted {
  readonly from: AskedDisk;
  readonly isGranted: boolean;
  readonly promisedEpoch: number;
  readonly generation: number;
}

export interface PrevoteRequest {
  readonly epoch: number;
  readonly candidate: NodeId;
  readonly generation: number;
}

export interface PrevoteOptions {
  readonly peers: Peers;
  /**
   * Asked for on each connection, once it stands: the peer holds the generation against what it knew when we connected, and one read before may be
   * older than what others have told it meanwhile. It would refuse this disk for good.
   */
  readonly request: () => PrevoteRequest;
  readonly ask: (peer: NodeId, connection: Connection) => AskedDisk;
  /** For each that answers in time. */
  readonly onAnswer: (answer: Prevoted) => void;
}

/** Resolves when all have answered or failed to; never rejects. */
export async function requestPrevotes({ peers, request, ask, onAnswer }: PrevoteOptions, signal: AbortSignal): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  await Promise.allSettled(
    peers.all.map(async (peer) => {
      await using connection = await peer.dial('control', until);
      const from = ask(peer.id, connection);
      const answer = await connection.request('REQUEST_PREVOTE', request(), 'PREVOTE', { timeoutMs: ANSWER_TIMEOUT_MS, signal: until });
      onAnswer({ from, ...answer });
    }),
  );
}
