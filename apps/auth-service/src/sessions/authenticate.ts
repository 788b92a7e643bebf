/** Turns a bearer token into a live session: the signature first, then whether the session behind it is still alive. */
import { type ClusterRole, NetStoreError } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import { rolesOf } from '../accounts/user-store.ts';
import type { VerifyAccessToken } from '../keys/access-token.ts';
import type { Schema } from '../schema.ts';
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

/** What the cluster lets people do about people, by their roles. */
export interface Authorize {
  /** Throws `NS_UNAUTHENTICATED` or `NS_FORBIDDEN`. */
  readonly admin: Authenticate;
  /** For those who may look at everything that admins see: admins and auditors. */
  readonly overseer: Authenticate;
}

/** Roles are looked up at every question: one that was taken away is gone at once. */
export function authorizer(db: Kysely<Schema>, authenticate: Authenticate): Authorize {
  const requireOne =
    (allowed: readonly ClusterRole[]): Authenticate =>
    async (request) => {
      const session = await authenticate(request);
      const roles = await rolesOf(db, session.userId);
      if (allowed.some((role) => roles.includes(role))) return session;
      throw new NetStoreError('NS_FORBIDDEN', `This is for ${allowed.join(' and ')} only`);
    };
  return { admin: requireOne(['admin']), overseer: requireOne(['admin', 'auditor']) };
}
