/**
 * Branded identifiers. A raw string never crosses a module: it is parsed here once, at the edge where it
 * came in, and carries its kind in its type from then on. Nothing here knows where an id is stored.
 */
import { randomBytes } from 'node:crypto';
import { NetStoreError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The name of a storage node in the configuration: `node-1`. 1–63 characters of `a-z0-9-`. */
export type NodeId = Branded<'NodeId'>;
/** 128 random bits, hex: the cluster that formed once and for all. */
export type ClusterId = Branded<'ClusterId'>;
/** 128 random bits, hex: one disk's life as a member. A replaced disk is a new incarnation. */
export type Incarnation = Branded<'Incarnation'>;
/** 128 random bits, hex: immutable bytes on storage nodes. Never used again for other bytes. */
export type BlobId = Branded<'BlobId'>;
/** 128 bits, hex: one write, across all its retries. */
export type OperationId = Branded<'OperationId'>;
/** Opaque to clients; the `ETag` when quoted. Unique in the cluster. */
export type VersionId = Branded<'VersionId'>;
/** 128 random bits, hex: a named tree of files with members. */
export type SpaceId = Branded<'SpaceId'>;
/** 128 random bits, hex: a person with an account. */
export type UserId = Branded<'UserId'>;
/** 128 random bits, hex: people who are given rights together. */
export type GroupId = Branded<'GroupId'>;
/** 128 random bits, hex: one sign-in. */
export type SessionId = Branded<'SessionId'>;
/** 128 random bits, hex: an invitation, which is not its token. */
export type InvitationId = Branded<'InvitationId'>;
/** 128 random bits, hex: an API key, which is not its secret. */
export type ApiKeyId = Branded<'ApiKeyId'>;
/** 128 random bits, hex: a link that shares something, which is not its token. */
export type ShareLinkId = Branded<'ShareLinkId'>;

const HEX_128 = /^[0-9a-f]{32}$/;
const NODE_ID = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const VERSION_ID = /^[0-9a-z]{1,13}(?:-[0-9a-z]{1,4})?$/;

function parser<Id extends string>(name: string, pattern: RegExp): (text: string) => Id {
  return (text) => {
    if (!pattern.test(text)) {
      throw new NetStoreError(
        'NS_BAD_REQUEST',
        `${name} is malformed: expected ${pattern.source}, got ${JSON.stringify(text.slice(0, 64))}`,
      );
    }
    return text as Id;
  };
}

/** Each parser returns its argument with a type, or throws `NS_BAD_REQUEST`. */
export const parseNodeId = parser<NodeId>('Node id', NODE_ID);
export const parseClusterId = parser<ClusterId>('Cluster id', HEX_128);
export const parseIncarnation = parser<Incarnation>('Incarnation', HEX_128);
export const parseBlobId = parser<BlobId>('Blob id', HEX_128);
export const parseOperationId = parser<OperationId>('Operation id', HEX_128);
export const parseVersionId = parser<VersionId>('Version id', VERSION_ID);
export const parseSpaceId = parser<SpaceId>('Space id', HEX_128);
export const parseUserId = parser<UserId>('User id', HEX_128);
export const parseSessionId = parser<SessionId>('Session id', HEX_128);
export const parseInvitationId = parser<InvitationId>('Invitation id', HEX_128);
export const parseApiKeyId = parser<ApiKeyId>('API key id', HEX_128);
export const parseShareLinkId = parser<ShareLinkId>('Link id', HEX_128);

const randomHex = (): string => randomBytes(16).toString('hex');

export const newClusterId = (): ClusterId => randomHex() as ClusterId;
export const newIncarnation = (): Incarnation => randomHex() as Incarnation;
export const newBlobId = (): BlobId => randomHex() as BlobId;
export const newOperationId = (): OperationId => randomHex() as OperationId;
export const newSpaceId = (): SpaceId => randomHex() as SpaceId;
export const newGroupId = (): GroupId => randomHex() as GroupId;
export const newUserId = (): UserId => randomHex() as UserId;
export const newSessionId = (): SessionId => randomHex() as SessionId;
export const newInvitationId = (): InvitationId => randomHex() as InvitationId;
export const newApiKeyId = (): ApiKeyId => randomHex() as ApiKeyId;
export const newShareLinkId = (): ShareLinkId => randomHex() as ShareLinkId;

/**
 * The version that the record at `seq` made; `index` tells apart the files of a folder copied by one record.
 * A committed seq names one record for ever, so the id is unique in the cluster's lifetime.
 */
export function versionIdAt(seq: number, index = 0): VersionId {
  return (index === 0 ? seq.toString(36) : `${seq.toString(36)}-${index.toString(36)}`) as VersionId;
}
