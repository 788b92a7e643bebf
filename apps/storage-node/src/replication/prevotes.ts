/** Asks the other nodes whether they would promise, before any epoch is raised. Binds nobody and leaves nothing behind. */
import type { NodeId } from '@netstore/shared-types';
import type { Peers } from './peers.ts';

const ANSWER_TIMEOUT_MS = 900;

export interface Prevoted {
  readonly from: NodeId;
  readonly isGranted: boolean;
  readonly promisedEpoch: number;
  readonly generation: number;
  /** What was known of the peer's disk when it was asked. */
  readonly knownBefore: number;
}

export interface PrevoteRequest {
  readonly epoch: number;
  readonly candidate: NodeId;
  readonly generation: number;
}

export interface PrevoteOptions {
  readonly peers: Peers;
  readonly knownGeneration: (peer: NodeId) => number;
  /** For each that answers in time. */
  readonly onAnswer: (answer: Prevoted) => void;
}

/** Resolves when all have answered or failed to; never rejects. */
export async function requestPrevotes(
  { peers, knownGeneration, onAnswer }: PrevoteOptions,
  request: PrevoteRequest,
  signal: AbortSignal,
): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  await Promise.allSettled(
    peers.all.map(async (peer) => {
      await using connection = await peer.dial('control', until);
      const knownBefore = knownGeneration(peer.id);
      const answer = await connection.request('REQUEST_PREVOTE', request, 'PREVOTE', { timeoutMs: ANSWER_TIMEOUT_MS, signal: until });
      onAnswer({ from: peer.id, knownBefore, ...answer });
    }),
  );
}
