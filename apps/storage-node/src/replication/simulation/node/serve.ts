/** What a node does with connections that others open: `serveConnection` and the handlers behind it. */
import type { NodeId } from '@netstore/shared-types';
import type { Connection } from '../world/connection.ts';
import { AbortedError, type Fiber } from '../world/fiber.ts';
import type { Message, MessageOf } from '../world/messages.ts';
import { positionOf } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import { serveClient } from './serve-client.ts';
import type { SimNode } from './sim-node.ts';

const IDLE_TIMEOUT_MS = 120_000;

export function* serveConnection(node: SimNode, connection: Connection): Fiber {
  node.trust.meet(connection);
  try {
    if (connection.channel === 'log') {
      node.members.see(connection.peer.nodeId, connection.peer.incarnation);
      yield* node.following.serve(connection);
    } else {
      while (!connection.isBroken) {
        const opening = yield* connection.receive(IDLE_TIMEOUT_MS);
        yield* answerOrFail(node, connection, opening);
      }
    }
  } catch (error) {
    if (!(error instanceof AbortedError)) fail(node, connection, error);
  } finally {
    connection.destroy();
  }
}

function* answerOrFail(node: SimNode, connection: Connection, opening: Message): Fiber {
  try {
    yield* answer(node, connection, opening);
  } catch (error) {
    fail(node, connection, error);
  }
}

/** Tells the peer. What is no refusal is a defect of the program or of the model. */
function fail(node: SimNode, connection: Connection, error: unknown): void {
  if (isRefusal(error)) connection.send({ name: 'FAIL', code: error.code, reason: error.message, epoch: node.core.promised.epoch });
  else node.world.checker.defect(node.self, error);
}

const isRefusal = (error: unknown): error is SimError => error instanceof Error && 'code' in error && typeof error.code === 'string';

function* answer(node: SimNode, connection: Connection, opening: Message): Fiber {
  switch (opening.name) {
    case 'REQUEST_PREVOTE':
      return judgePrevote(node, connection, opening);
    case 'REQUEST_PROMISE':
      return yield* promise(node, connection, opening);
    case 'HEARTBEAT':
      requireOwnName(connection, opening.primary);
      node.members.see(connection.peer.nodeId, connection.peer.incarnation);
      yield* node.step({ kind: 'offered', epoch: opening.epoch, from: opening.primary });
      node.trust.learn(opening.disks);
      return connection.send({
        name: 'HEARTBEAT_ACK',
        epoch: opening.epoch,
        generation: node.vote.current.generation,
        appliedSeq: node.applier.appliedSeq,
        isDiskFull: node.log.isFull,
      });
    case 'HAND_OVER':
      requireOwnName(connection, opening.primary);
      yield* node.step({ kind: 'offered', epoch: opening.epoch, from: opening.primary });
      yield* node.step({ kind: 'stand', cause: 'handed-over' });
      return connection.send({ name: 'HANDED_OVER' });
    case 'GET_LOG':
      return giveLog(node, connection, opening);
    case 'GET_BLOB_STATES':
      return connection.send({ name: 'BLOB_STATES', states: yield* node.blobs.statesOf(opening.blobIds) });
    case 'READ_BLOB':
      if (!node.blobs.holds(opening.blobId)) throw new SimError('NS_BLOB_MISSING', `${node.self} has no blob ${opening.blobId}`);
      return connection.send({ name: 'READ_BLOB_END', blobId: opening.blobId });
    case 'ADOPT':
      return yield* adopt(node, connection);
    default:
      return yield* serveClient(node, connection, opening);
  }
}

/** Why this node's vote is not to be had; undefined when it is. */
function whyRefused(
  node: SimNode,
  connection: Connection,
  asked: { readonly candidate: NodeId; readonly generation: number },
): string | undefined {
  const { members, world } = node;
  const { peer } = connection;
  if (asked.candidate !== peer.nodeId) throw new SimError('NS_WRONG_NODE', `${peer.nodeId} asks for ${asked.candidate}`);
  world.rules.admit(members, peer.nodeId, peer.incarnation);
  if (!node.trust.isTrustedOn(connection, asked.generation))
    return members.refusalOf(peer.nodeId, peer.incarnation) ?? `${peer.nodeId} is refused`;
  return node.isMember ? undefined : `${node.self} is a learner`;
}

function judgePrevote(node: SimNode, connection: Connection, asked: MessageOf<'REQUEST_PREVOTE'>): void {
  const reason = whyRefused(node, connection, asked);
  const verdict = reason === undefined ? node.core.judgePrevote(asked.candidate) : { isGranted: false, reason };
  if (reason !== undefined) node.world.cover('vote refused to or by a disk that is no full member');
  const { epoch: promisedEpoch } = node.core.promised;
  connection.send({ name: 'PREVOTE', isGranted: verdict.isGranted, promisedEpoch, generation: node.vote.current.generation });
}

function* promise(node: SimNode, connection: Connection, asked: MessageOf<'REQUEST_PROMISE'>): Fiber {
  const reason = whyRefused(node, connection, asked);
  if (reason !== undefined) throw new SimError('NS_CONFLICT', reason);
  const { epoch, candidate } = asked;
  const statement = yield* node.following.promise(epoch, candidate);
  node.world.checker.promised(node, epoch, candidate);
  connection.send({ name: 'PROMISE', epoch, candidate, statement });
}

function giveLog({ tail, self }: SimNode, connection: Connection, { fromSeq, countMax }: MessageOf<'GET_LOG'>): void {
  const previous = tail.positionAt(fromSeq - 1);
  if (previous === undefined) throw new SimError('NS_BAD_REQUEST', `log of ${self} ends at ${tail.last.seq}`);
  connection.send({ name: 'LOG_RECORDS', previous: positionOf(previous), records: tail.read(fromSeq, countMax) });
}

function* adopt(node: SimNode, connection: Connection): Fiber {
  // Of several at the same time the first one wins.
  yield* node.adoption.take(adoptOnce(node));
  connection.send({ name: 'FORMED' });
}

function* adoptOnce({ disk, world }: SimNode): Fiber {
  if (disk.incarnation !== null) return;
  const incarnation = world.newIncarnation();
  const keep = (): void => {
    disk.incarnation = incarnation;
  };
  yield* disk.write(keep, keep);
}

function requireOwnName({ peer }: Connection, named: NodeId): void {
  if (named !== peer.nodeId) throw new SimError('NS_WRONG_NODE', `${peer.nodeId} asks for ${named}`);
}
