/** The primary's control connection to one secondary: `runControlLink`. */
import type { NodeId } from '@netstore/shared-types';
import type { AskedDisk } from '../../disk-trust.ts';
import type { Connection } from '../world/connection.ts';
import { AbortedError, type Fiber, type Scope } from '../world/fiber.ts';
import type { HeartbeatAck, LogStatement } from '../world/messages.ts';
import { SimError } from '../world/sim-error.ts';
import type { SimConfirmations } from './confirmations.ts';
import type { NodeParts } from './node-parts.ts';
import type { SimProgress } from './sim-progress.ts';

const HEARTBEAT_MS = 500;
const ANSWER_TIMEOUT_MS = 2_000;
const RETRY_MS = 250;

export interface ControlLinkOptions {
  readonly parts: NodeParts;
  readonly epoch: number;
  readonly peer: NodeId;
  readonly progress: SimProgress;
  readonly confirmations: SimConfirmations;
  /** Of the term. */
  readonly scope: Scope;
  readonly onPromise: (from: AskedDisk, statement: LogStatement) => Fiber;
  readonly onHeard: (from: AskedDisk, ack: HeartbeatAck) => boolean;
  readonly onFenced: (epoch: number) => void;
}

export function* runControlLink(options: ControlLinkOptions): Fiber {
  const { parts, peer, progress, scope, onFenced } = options;
  while (!scope.isAborted) {
    try {
      const connection = yield* dialPeer(parts, peer, 'control');
      try {
        yield* converse(connection, options);
      } finally {
        connection.destroy();
      }
    } catch (error) {
      if (error instanceof AbortedError || !(error instanceof SimError)) throw error;
      if (error.code === 'NS_FENCED') onFenced(error.epoch);
    }
    progress.lost();
    yield RETRY_MS;
  }
}

function* converse(connection: Connection, options: ControlLinkOptions): Fiber {
  const { parts, epoch, confirmations, progress, scope } = options;
  const { self, core, vote, trust } = parts;
  if (core.role === 'candidate') {
    const wanted = { name: 'REQUEST_PROMISE', epoch, candidate: self, generation: vote.current.generation } as const;
    const voter = trust.ask(connection);
    const { statement } = yield* connection.request(wanted, 'PROMISE', ANSWER_TIMEOUT_MS);
    yield* options.onPromise(voter, statement);
  }
  while (!scope.isAborted) {
    const round = confirmations.begin();
    const disk = trust.ask(connection);
    const beat = { name: 'HEARTBEAT', epoch, primary: self, disks: trust.seen } as const;
    const ack = yield* connection.request(beat, 'HEARTBEAT_ACK', ANSWER_TIMEOUT_MS);
    progress.heard();
    if (options.onHeard(disk, ack)) confirmations.confirmed(round);
    const dueAtMs = parts.world.time.nowMs + HEARTBEAT_MS;
    while (!confirmations.isWanted(round) && parts.world.time.nowMs < dueAtMs) {
      yield { pulse: confirmations.wanted, ms: dueAtMs - parts.world.time.nowMs };
    }
  }
}

/** Takes note of the disk that answers. A blank one is spoken to only by who says so. */
export function* dialPeer(parts: NodeParts, peer: NodeId, channel: 'control' | 'log'): Fiber<Connection> {
  const connection = yield* parts.world.network.dial(parts.end, peer, channel);
  try {
    parts.members.see(peer, connection.peer.incarnation);
  } catch {
    connection.destroy();
    throw new SimError('NS_WRONG_NODE', `${peer} is blank`);
  }
  return connection;
}
