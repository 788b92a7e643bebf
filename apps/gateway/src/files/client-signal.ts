/** Aborted when the client is gone before its answer is complete. */
import { NetStoreError } from '@netstore/shared-types';
import type { FastifyReply } from 'fastify';

export function clientSignal(reply: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) leaving.abort(new NetStoreError('NS_CONNECTION_LOST', 'The client went away'));
  });
  return leaving.signal;
}
