/** Turns a bearer token into a live session: the signature first, then whether the session behind it is still alive. */
import { NetStoreError } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';
import type { VerifyAccessToken } from '../keys/access-token.ts';
import type { LiveSession, Sessions } from './sessions.ts';

/** Throws `NS_UNAUTHENTICATED`. What it returns is the only proof of who is asking; no header is. */
export type Authenticate = (request: FastifyRequest) => Promise<LiveSession>;

export function authenticator(verify: VerifyAccessToken, sessions: Sessions): Authenticate {
  return async (request) => {
    const { userId, sessionId } = await verify(request);
    const session = await sessions.findLive(sessionId);
    if (session?.userId !== userId) throw new NetStoreError('NS_UNAUTHENTICATED', 'The session has ended');
    return session;
  };
}
