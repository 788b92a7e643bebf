/** What gateways and people ask of a node: blobs, commits, reads, promotions, replacements. */
import type { NodeId } from '@netstore/shared-types';
import type { Connection } from '../world/connection.ts';
import type { Fiber, Task } from '../world/fiber.ts';
import type { Message, MessageOf } from '../world/messages.ts';
import type { SimOperation } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import { others } from './node-parts.ts';
import type { SimNode } from './sim-node.ts';

const COMMIT_TIMEOUT_MS = 10_000;
const HELD_TIMEOUT_MS = 10_000;
const PROMOTE_MS_MAX = 10_000;
const PROMOTE_RETRY_MS = 1_200;
const POLL_MS = 50;
const HOLDERS_POLL_MS = 250;
const HOLDERS_TIMEOUT_MS = 2_000;

export function* serveClient(node: SimNode, connection: Connection, opening: Message): Fiber {
  switch (opening.name) {
    case 'PUT_BLOB':
      return yield* putBlob(node, connection, opening);
    case 'COMMIT':
      return yield* commit(node, connection, opening);
    case 'GET_ENTRY':
      return yield* getEntry(node, connection, opening);
    case 'PROMOTE':
      return yield* promote(node, connection);
    case 'REPLACE':
      return connection.send({ name: 'REPLACING', isAlreadyMember: yield* node.leading.joining.replace(opening.nodeId, node.servingTerm) });
    default:
      throw new SimError('NS_MESSAGE_UNEXPECTED', `${opening.name} opens no conversation`);
  }
}

function* putBlob(node: SimNode, connection: Connection, { blobId, epoch }: MessageOf<'PUT_BLOB'>): Fiber {
  if (epoch === null) yield* receiveFromGateway(node, blobId);
  else {
    node.members.see(connection.peer.nodeId, connection.peer.incarnation);
    yield* node.step({ kind: 'offered', epoch, from: connection.peer.nodeId });
    yield* node.blobs.stage(blobId);
  }
  connection.send({ name: 'BLOB_HELD', blobId });
}

function* receiveFromGateway(node: SimNode, blobId: string): Fiber {
  const { world, members, scope, spawn, servingTerm: term } = node;
  const secondaries = others(node).filter((peer) => world.rules.counts(members, peer) && term.progressOf(peer)?.isConnected === true);
  if (secondaries.length === 0) throw new SimError('NS_NO_QUORUM', 'no secondary is connected');
  // Now and then a secondary falls behind and is dropped from this blob.
  const taken = secondaries.length > 1 && world.random.chance(0.2) ? [world.random.pick(secondaries)] : secondaries;
  const forwards = taken.map((peer) => spawn(scope, forward(node, { peer, blobId, epoch: term.epoch })));
  yield* node.blobs.stage(blobId);
  yield* firstOf(forwards);
}

interface Forward {
  readonly peer: NodeId;
  readonly blobId: string;
  readonly epoch: number;
}

function* forward({ world, end }: SimNode, { peer, blobId, epoch }: Forward): Fiber {
  const connection = yield* world.network.dial(end, peer, 'conversation');
  try {
    yield* connection.request({ name: 'PUT_BLOB', blobId, epoch }, 'BLOB_HELD', HELD_TIMEOUT_MS);
  } finally {
    connection.destroy();
  }
}

/** The first that succeeds; throws `NS_NO_QUORUM` when none does. */
function* firstOf(tasks: readonly Task<void>[]): Fiber {
  for (;;) {
    if (tasks.some((task) => task.isDone && task.error === undefined)) return;
    const waited = tasks.find((task) => !task.isDone);
    if (waited === undefined) throw new SimError('NS_NO_QUORUM', 'no secondary holds the blob');
    yield { pulse: waited.done, ms: POLL_MS };
  }
}

function* commit(node: SimNode, connection: Connection, { operation }: MessageOf<'COMMIT'>): Fiber {
  const { disk, world } = node;
  void node.servingTerm;
  const known = disk.catalogue.outcomes.get(operation.id);
  if (known !== undefined) {
    world.cover('operation was known already');
    if (known.isAccepted) yield* untilHeldByTwo(node, operation, known.seq);
    world.checker.answered(operation, known);
    return connection.send({ name: 'COMMITTED', outcome: known });
  }
  const missing: string[] = [];
  for (const blobId of operation.blobIds) if (!(yield* isObtained(node, blobId))) missing.push(blobId);
  if (missing.length > 0) {
    world.cover('blobs missing at commit');
    return connection.send({ name: 'BLOBS_MISSING', blobIds: missing });
  }
  // The deadline ends the waiting, not the operation.
  const task = node.spawn(node.scope, node.servingTerm.proposals.propose({ kind: 'operation', operation }));
  const untilMs = world.time.nowMs + COMMIT_TIMEOUT_MS;
  while (!task.isDone && world.time.nowMs < untilMs) yield { pulse: task.done, ms: untilMs - world.time.nowMs };
  if (!task.isDone) throw new SimError('NS_NO_QUORUM', 'no second member held the operation in time');
  if (task.error !== undefined) throw task.error;
  const outcome = task.result;
  if (outcome === null) throw new Error('an operation was applied without an outcome');
  world.checker.answered(operation, outcome);
  connection.send({ name: 'COMMITTED', outcome });
}

/** An answer given again promises two copies like the first one did. Throws `NS_NO_QUORUM` when that takes too long. */
function* untilHeldByTwo(node: SimNode, { path, blobIds }: SimOperation, decidedSeq: number): Fiber {
  const { world, members, disk, blobs } = node;
  const untilMs = world.time.nowMs + COMMIT_TIMEOUT_MS;
  for (;;) {
    // What was deleted or replaced since needs no copies.
    const isCurrent = disk.catalogue.entries.get(path)?.version === decidedSeq;
    if (!isCurrent || blobIds.length === 0) return;
    let holders = blobIds.every((blobId) => blobs.holds(blobId)) ? 1 : 0;
    for (const peer of others(node)) {
      if (world.rules.counts(members, peer) && (yield* holdsAll(node, peer, blobIds))) holders += 1;
    }
    if (holders >= 2) return;
    world.cover('answer waited for a second copy');
    if (world.time.nowMs > untilMs) throw new SimError('NS_NO_QUORUM', 'the bytes are being copied');
    yield HOLDERS_POLL_MS;
  }
}

function* holdsAll({ world, end }: SimNode, peer: NodeId, blobIds: readonly string[]): Fiber<boolean> {
  try {
    const connection = yield* world.network.dial(end, peer, 'conversation');
    try {
      const { states } = yield* connection.request({ name: 'GET_BLOB_STATES', blobIds }, 'BLOB_STATES', HOLDERS_TIMEOUT_MS);
      return states.every((state) => state === 'held');
    } finally {
      connection.destroy();
    }
  } catch (error) {
    if (error instanceof SimError) return false;
    throw error;
  }
}

function* isObtained(node: SimNode, blobId: string): Fiber<boolean> {
  if (node.blobs.holds(blobId)) return true;
  try {
    yield* node.blobs.fetch(blobId);
    return true;
  } catch (error) {
    if (error instanceof SimError && error.code === 'NS_BLOB_MISSING') return false;
    throw error;
  }
}

function* getEntry(node: SimNode, connection: Connection, { path, minSeq }: MessageOf<'GET_ENTRY'>): Fiber {
  const { disk, world } = node;
  const isSeen = minSeq !== null && node.isMember && disk.catalogue.seq >= minSeq;
  if (isSeen) world.cover('read answered by a version token');
  else if (world.rules.isReadConfirmed) yield* node.servingTerm.confirmations.confirm();
  else void node.servingTerm;
  // The catalogue is asked in a thread of its own.
  yield world.random.between(0.05, 0.5);
  const { seq, entries } = disk.catalogue;
  world.cover('read answered');
  connection.send({ name: 'ENTRY', found: { version: entries.get(path)?.version ?? 0, appliedSeq: seq } });
}

/**
 * `promote`: by the consent of the one that is primary, or by a majority when there is none. It does not ask first whether another member answers, as the
 * node does: that spares primaries, and what is true without it is true with it.
 */
function* promote(node: SimNode, connection: Connection): Fiber {
  const { core, world } = node;
  if (!node.isMember) throw new SimError('NS_CONFLICT', `${node.self} is no full member`);
  const untilMs = world.time.nowMs + PROMOTE_MS_MAX;
  for (let standAtMs = 0; world.time.nowMs < untilMs; ) {
    if (node.term?.isServing === true) {
      world.cover('promoted');
      return connection.send({ name: 'PROMOTED' });
    }
    if (core.role === 'secondary' && world.time.nowMs >= standAtMs) {
      standAtMs = world.time.nowMs + PROMOTE_RETRY_MS;
      yield* node.step({ kind: 'stand', cause: core.isPrimarySilent ? 'promoted' : 'handed-over' });
    }
    yield POLL_MS;
  }
  throw new SimError('NS_NO_QUORUM', `${node.self} did not become primary in time`);
}
