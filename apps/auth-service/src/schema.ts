/**
 * The tables as types. `migrations.ts` makes them; stores are the only files that speak SQL to them. Times are milliseconds
 * since 1970. No password and no token is in here in clear: passwords are argon2id, tokens
 * and recovery codes SHA-256. The secrets of second factors have to be, since codes are computed from them;
 * those of API keys are in no table, but computed from a file.
 */
import type {
  ApiKeyId,
  ClusterRole,
  GrantRole,
  GroupId,
  InvitationId,
  SessionId,
  ShareKind,
  ShareLinkId,
  SpaceId,
  SpaceKind,
  UserId,
} from '@netstore/shared-types';

export interface Schema {
  users: {
    id: UserId;
    /** Lower case, unique. */
    username: string;
    /** What the name looks like, unique: see `accounts/username.ts`. */
    skeleton: string;
    /** PHC string: it names its own parameters, so that they can rise later. */
    passwordHash: string;
    createdAt: number;
    lastSignInAt: number | null;
    disabledAt: number | null;
  };
  /** Names of deleted users. They are on files and spaces, and go to nobody else. */
  retiredNames: { skeleton: string; username: string; userId: UserId; retiredAt: number };
  invitations: {
    id: InvitationId;
    tokenHash: string;
    /** Null where the guest chooses. */
    username: string | null;
    /** Roles in the cluster, as a JSON array. */
    roles: string;
    /** Null when that user was deleted: the invitation is worth nothing then. */
    createdBy: UserId | null;
    createdAt: number;
    expiresAt: number;
    usedAt: number | null;
  };
  passwordResets: {
    tokenHash: string;
    userId: UserId;
    createdBy: UserId | null;
    expiresAt: number;
    /** When it was used, or replaced by another. */
    endedAt: number | null;
  };
  secondFactors: {
    userId: UserId;
    /** 160 random bits, hex. */
    secret: string;
    createdAt: number;
    /** Null until a first code has proven that the app has the secret: not in force before. */
    confirmedAt: number | null;
    /** The last time step whose code was taken: none is taken twice. */
    lastStep: number;
  };
  recoveryCodes: { userId: UserId; codeHash: string; usedAt: number | null };
  userRoles: { userId: UserId; role: ClusterRole };
  spaces: {
    id: SpaceId;
    name: string;
    kind: SpaceKind;
    /** Manages it for as long as it is theirs. */
    ownerId: UserId;
    /** The most that all versions in it may take; null for as much as there is room. */
    bytesMax: number | null;
    createdAt: number;
    /** Since when nobody writes in it, because it is being deleted; null for all others. */
    endingSince: number | null;
  };
  groups: { id: GroupId; name: string; createdAt: number };
  groupMembers: { groupId: GroupId; userId: UserId };
  /** Who has which role where. Exactly one of `userId` and `groupId` is there; `folder` is `''` for the root. */
  grants: { spaceId: SpaceId; folder: string; userId: UserId | null; groupId: GroupId | null; role: GrantRole };
  /** A folder is on its way from one path to the other, and nobody has said yet how it ended. Flags are 0 and 1. */
  ruleMoves: {
    spaceId: SpaceId;
    operationId: string;
    from: string;
    to: string;
    /** There were rules at `from` or below it. */
    hasRules: number;
    /** Those at `to` came with this operation. */
    hasGiven: number;
    pendingUntil: number;
  };
  /** The most that all spaces of an owner may take together. */
  userQuotas: { userId: UserId; bytesMax: number };
  /** What a key leaves of the rights of its user. Its secret is computed: see `api-keys/api-key-secrets.ts`. */
  apiKeys: {
    id: ApiKeyId;
    userId: UserId;
    /** The user's own, unique among his. */
    name: string;
    /** 128 random bits, hex. */
    nonce: string;
    /** Null for all spaces that the user has something in. */
    spaceId: SpaceId | null;
    /** `''` for the root. */
    folder: string;
    /** A JSON array. */
    verbs: string;
    createdAt: number;
    expiresAt: number | null;
    /** To the minute. */
    lastUsedAt: number | null;
  };
  /** A file or folder that whoever holds the link may read, or add to. Worth what its maker may do now. */
  shareLinks: {
    id: ShareLinkId;
    tokenHash: string;
    userId: UserId;
    spaceId: SpaceId;
    /** `''` for the whole space. */
    path: string;
    kind: ShareKind;
    /** A PHC string; null without a password. */
    passwordHash: string | null;
    createdAt: number;
    expiresAt: number | null;
    lastUsedAt: number | null;
    endedAt: number | null;
    downloadsMax: number | null;
    downloadsUsed: number;
  };
  /** Downloads that were counted, for as long as going on with one is not another. */
  shareDownloads: {
    linkId: ShareLinkId;
    /** Of whoever opened the link. */
    session: string;
    version: string;
    countedAt: number;
    /** 1 when it broke off: it may be begun once more. */
    isBroken: number;
    /** It may still send so many. */
    bytesLeft: number;
  };
  /** One sign-in and the family of refresh tokens that it gave rise to. */
  sessions: {
    id: SessionId;
    userId: UserId;
    createdAt: number;
    /** Last sign-in or refresh: the idle limit counts from here. */
    lastUsedAt: number;
    /** Where it was last used from, for the list of sessions that a user sees. */
    clientAddress: string;
    /** What the browser called itself then. */
    clientAgent: string | null;
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
