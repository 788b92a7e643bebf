/** The primary's control connection to one secondary: asks for the promise while it is a candidate, then heartbeats. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { type NetStoreError, toNetStoreError } from '@netstore/shared-types';
import type { Heartbeat, HeartbeatAck, PromiseAnswer, RequestPromise } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { Confirmations } from './confirmations.ts';
import type { AskedDisk } from './disk-trust.ts';
import type { PeerProgress } from './peer-progress.ts';
import type { Peer } from './peers.ts';

export const HEARTBEAT_MS = 500;
const ANSWER_TIMEOUT_MS = 2_000;
const RETRY_MS = 250;

export interface ControlLinkOptions {
  readonly peer: Peer;
  readonly progress: PeerProgress;
  readonly confirmations: Confirmations;
  readonly logger: Logger;
  readonly now: () => number;
  /** What to ask for, or undefined when promises are no longer needed. */
  readonly wantedPromise: () => RequestPromise | undefined;
  /** Before each question, and given back with its answer. */
  readonly ask: (connection: Connection) => AskedDisk;
  readonly onPromise: (from: AskedDisk, answer: PromiseAnswer) => Promise<void>;
  /** The secondary answered in this epoch; whether that counts. */
  readonly onHeard: (from: AskedDisk, ack: HeartbeatAck) => boolean;
  readonly onFenced: (epoch: number) => void;
  readonly heartbeat: () => Promise<Heartbeat>;
}

/** Keeps the connection until aborted; tries again for ever, since a peer may come back at any time. */
export async function runControlLink(options: ControlLinkOptions, signal: AbortSignal): Promise<void> {
  const { peer, progress, logger } = options;
  let isReported = false;
  while (!signal.aborted) {
    try {
      await using connection = await peer.dial('control', signal);
      logger.info({ peer: peer.id }, 'secondary is reachable');
      isReported = false;
      await converse(connection, options, signal);
    } catch (thrown) {
      if (signal.aborted) break;
      const error = toNetStoreError(thrown);
      if (error.code === 'NS_FENCED') options.onFenced(promisedEpochOf(error));
      if (!isReported) logger.warn({ peer: peer.id, code: error.code, reason: error.message }, 'secondary is not reachable');
      isReported = true;
    }
    progress.lost();
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function converse(connection: Connection, options: ControlLinkOptions, signal: AbortSignal): Promise<void> {
  const { confirmations, progress } = options;
  const deadline = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
  const wanted = options.wantedPromise();
  const voter = options.ask(connection);
  if (wanted !== undefined) await options.onPromise(voter, await connection.request('REQUEST_PROMISE', wanted, 'PROMISE', deadline));
  while (!signal.aborted) {
    const round = confirmations.begin();
    const disk = options.ask(connection);
    const ack = await connection.request('HEARTBEAT', await options.heartbeat(), 'HEARTBEAT_ACK', deadline);
    progress.heard(options.now());
    progress.reported(ack, disk.incarnation);
    if (options.onHeard(disk, ack)) confirmations.confirmed(round);
    await confirmations.wanted(round, HEARTBEAT_MS, signal);
  }
}

/** The epoch that a refusal names; 0 when it names none. */
export function promisedEpochOf(error: NetStoreError): number {
  return typeof error.details.epoch === 'number' ? error.details.epoch : 0;
}
