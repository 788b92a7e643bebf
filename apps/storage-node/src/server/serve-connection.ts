/** Reads one opening message after the other from a connection and gives each to what carries its conversation. */

import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Incoming } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { Following } from '../replication/following.ts';
import type { Members } from '../replication/members.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Handler, Handlers, OpenerName } from './handler.ts';

/** Between two conversations. Peers close idle connections sooner by themselves. */
const IDLE_TIMEOUT_MS = 120_000;

export interface ServeOptions {
  readonly handlers: Handlers;
  readonly following: Following;
  readonly replicator: Replicator;
  readonly members: Members;
  readonly logger: Logger;
}

/** Resolves when the connection has ended; never rejects. */
export async function serveConnection(connection: Connection, options: ServeOptions, signal: AbortSignal): Promise<void> {
  options.replicator.trust.meet(connection);
  try {
    if (connection.peer.channel === 'log') await serveLog(connection, options, signal);
    else await serveConversations(connection, options, signal);
  } catch (thrown) {
    await report(connection, options, thrown);
  } finally {
    await connection[Symbol.asyncDispose]();
  }
}

async function serveLog(connection: Connection, { following, members }: ServeOptions, signal: AbortSignal): Promise<void> {
  members.see(connection.peer.nodeId as NodeId, connection.peer.incarnation);
  await following.serve(connection, signal);
}

async function serveConversations(connection: Connection, options: ServeOptions, signal: AbortSignal): Promise<void> {
  while (!connection.isBroken && !signal.aborted) {
    const opening = await connection.receive({ timeoutMs: IDLE_TIMEOUT_MS, signal });
    try {
      await handlerOf(opening, options.handlers)(opening.body as never, connection, signal);
    } catch (thrown) {
      await report(connection, options, thrown);
    }
  }
}

function handlerOf(opening: Incoming, handlers: Handlers): Handler<OpenerName> {
  const handler = handlers[opening.name as OpenerName] as Handler<OpenerName> | undefined;
  if (handler === undefined) throw new NetStoreError('NS_MESSAGE_UNEXPECTED', `${opening.name} opens no conversation`);
  return handler;
}

/** Tells the peer, with the promise that a stale one has to learn of. Ends of connections are no news. */
async function report(connection: Connection, { replicator, logger }: ServeOptions, thrown: unknown): Promise<void> {
  const error = toNetStoreError(thrown);
  const { address, role, nodeId, channel } = connection.peer;
  const facts = { peer: nodeId ?? role, address, channel, code: error.code, reason: error.message };
  if (error.code === 'NS_INTERNAL') logger.error({ ...facts, err: thrown }, 'conversation failed by a defect');
  else if (!connection.isBroken) logger.debug(facts, 'conversation was refused');
  await connection.fail(error, { epoch: replicator.core.promised.epoch, primary: replicator.primaryHint });
}
