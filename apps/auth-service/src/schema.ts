/**
 * The tables as types. `migrations.ts` makes them; stores are the only files that speak SQL to them. Times are milliseconds
 * since 1970. Nothing in here is a password or a token in clear: passwords are argon2id, tokens SHA-256.
 */
import type { ClusterRole, SessionId, SpaceId, SpaceRole, UserId } from '@netstore/shared-types';

export interface Schema {
  users: {
    id: UserId;
    /** Lower case, unique. */
    username: string;
    /** PHC string: it names its own parameters, so that they can rise later. */
    passwordHash: string;
    createdAt: number;
    disabledAt: number | null;
  };
  userRoles: { userId: UserId; role: ClusterRole };
  spaces: { id: SpaceId; name: string; createdAt: number };
  spaceMembers: { spaceId: SpaceId; userId: UserId; role: SpaceRole };
  /** One sign-in and the family of refresh tokens that it gave rise to. */
  sessions: {
    id: SessionId;
    userId: UserId;
    createdAt: number;
    /** Last sign-in or refresh: the idle limit counts from here. */
    lastUsedAt: number;
    /** Where it was last used from, for the list of sessions that a user sees. */
    clientAddress: string;
    endedAt: number | null;
  };
  refreshTokens: {
    tokenHash: string;
    sessionId: SessionId;
    createdAt: number;
    /** When it was exchanged for its successor; null for the one token of a session that is current. */
    replacedAt: number | null;
  };
  /** At most one row: the set-up token that is valid now. */
  setupTokens: { tokenHash: string; expiresAt: number };
  /** Ed25519 keys of access tokens. The private half never leaves this table and the process. */
  signingKeys: { kid: string; publicKeyPem: string; privateKeyPem: string; createdAt: number };
  /** Random secrets of this service, made when they are first needed. */
  secrets: { name: string; value: string };
}
