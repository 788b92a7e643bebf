/** Aborted when the client is gone before its answer is complete. */
import { NetStoreError } from '@netstore/shared-types';
import type { FastifyReply } from 'fastify';

export function clientSignal(reply: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  whenClientLeaves(reply, (reason) => leaving.abort(reason));
  return leaving.signal;
}

/** For what has something to abort already. */
export function whenClientLeaves(reply: FastifyReply, giveUp: (reason: NetStoreError) => void): void {
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) giveUp(new NetStoreError('NS_CONNECTION_LOST', 'The client went away'));
  });
}
