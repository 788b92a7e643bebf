/**
 * Links that share a file or folder with whoever holds them: worth what their maker may do there now, until they expire, are used up or are ended.
 * The token is said once. Only who holds it is told what is wrong with a link.
 */
import type { Logger } from '@netstore/service-kit';
import {
  type BrokenDownload,
  decide,
  type FoundLink,
  type LinkDownload,
  NetStoreError,
  type NewShareLink,
  newShareLinkId,
  type OpenLink,
  openAccess,
  parseFolderPath,
  SHARE_LINKS_PER_USER_MAX,
  type ShareKind,
  type ShareLink,
  type ShareLinkId,
  type SpaceAccess,
  type SpaceId,
  type UserId,
} from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { PasswordHasher } from '../accounts/password-hasher.ts';
import type { Clock } from '../clock.ts';
import { isoTime } from '../http.ts';
import { hashOneTimeToken, newOneTimeToken } from '../keys/one-time-token.ts';
import type { Schema } from '../schema.ts';
import type { Attempts } from '../sessions/attempts.ts';
import { accessOf, noSuchSpace, spaceAccessOf } from '../spaces/space-access.ts';
import { findSpace } from '../spaces/space-store.ts';
import { countDownload, forgetOldDownloads, markDownloadBroken, usedUp } from './download-count.ts';
import {
  deleteLinksDeadBefore,
  deleteShareLinks,
  findShareLink,
  findShareLinkByToken,
  insertShareLink,
  listShareLinksOf,
  markLinkEnded,
  noteLinkUse,
  type ShareLinkRow,
} from './share-link-store.ts';

/** So long whoever opens a dead link is told why it does not work. */
const DEAD_KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const NEEDED = { view: 'read', drop: 'write' } as const satisfies Record<ShareKind, string>;

interface Parts {
  readonly db: Kysely<Schema>;
  readonly hasher: PasswordHasher;
  readonly attempts: Attempts;
  readonly logger: Logger;
  readonly now: Clock;
}

export class ShareLinks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws `NS_NOT_FOUND` or `NS_FORBIDDEN` for what its maker may not share, `NS_CONFLICT` when he has too many. */
  async create(userId: UserId, spaceName: string, asked: NewShareLink): Promise<{ link: ShareLinkRow; token: string }> {
    const { db, hasher, logger, now } = this.#parts;
    const { kind, password, expiresInSeconds, downloadsMax = null } = asked;
    if (kind === 'drop' && downloadsMax !== null) throw new NetStoreError('NS_BAD_REQUEST', 'Nothing is downloaded from a drop box');
    const path = parseFolderPath(asked.path);
    const spaceId = await this.#requireRight(userId, { space: spaceName, path, kind });
    const passwordHash = password === undefined ? null : await hasher.hash(password);
    const [id, token, createdAt] = [newShareLinkId(), newOneTimeToken(), now()];
    const expiresAt = expiresInSeconds === undefined ? null : createdAt + expiresInSeconds * 1000;
    const row = { id, tokenHash: hashOneTimeToken(token), userId, spaceId, path, kind, passwordHash, createdAt, expiresAt, downloadsMax };
    const link = await db.transaction().execute(async (transaction) => {
      await this.#makeRoom(transaction, userId);
      await insertShareLink(transaction, row);
      return await findShareLink(transaction, id);
    });
    if (link === undefined) throw new NetStoreError('NS_INTERNAL', 'A link that was just written is not there');
    logger.info({ userId, linkId: id, kind, expiresAt, downloadsMax }, 'link made');
    return { link, token };
  }

  /** Of whom: `owner`; or in which space: `space`. Throws `NS_NOT_FOUND`. Says whose it was. */
  async end(by: UserId, id: ShareLinkId, of: { readonly owner: UserId } | { readonly space: SpaceId }): Promise<UserId> {
    const { db, logger, now } = this.#parts;
    const link = await findShareLink(db, id);
    const isMeant = link !== undefined && ('owner' in of ? link.userId === of.owner : link.spaceId === of.space);
    if (!isMeant) throw new NetStoreError('NS_NOT_FOUND', 'There is no such link');
    await markLinkEnded(db, id, now());
    logger.info({ by, userId: link.userId, linkId: id }, 'link ended');
    return link.userId;
  }

  /**
   * Throws what is wrong with the link, `NS_LINK_PASSWORD`, `NS_TOO_MANY_ATTEMPTS` or `NS_BUSY`. `onKnown`: the token is of that link, whatever comes of
   * it.
   */
  async open({ token, password }: OpenLink, clientAddress: string, onKnown: (link: ShareLinkRow) => void): Promise<FoundLink> {
    const { db, now } = this.#parts;
    const link = await findShareLinkByToken(db, hashOneTimeToken(token));
    if (link === undefined) throw new NetStoreError('NS_LINK_UNKNOWN', 'There is no such link: a part of it may be missing');
    onKnown(link);
    await this.#requireLive(link);
    await this.#requirePassword(link, password, clientAddress);
    const { id, kind, space, path, username, expiresAt, downloadsMax, downloadsUsed } = link;
    if (downloadsMax !== null && downloadsUsed >= downloadsMax) throw usedUp();
    await noteLinkUse(db, id, now());
    const downloadsLeft = downloadsMax === null ? null : downloadsMax - downloadsUsed;
    return { id, kind, space, path, sharedBy: username, expiresAt: timeOrNull(expiresAt), downloadsLeft };
  }

  /** What its maker has in the space, and what the link leaves of it. Throws what is wrong with the link. */
  async accessOf(id: ShareLinkId, spaceName: string): Promise<SpaceAccess> {
    const link = await this.#find(id);
    const access = await this.#requireLive(link);
    if (access.space.name !== spaceName) throw noSuchSpace();
    return { ...access, cuts: [...access.cuts, { path: link.path, actions: [NEEDED[link.kind]] }] };
  }

  /** Throws what is wrong with the link, and `NS_LINK_USED_UP`. */
  async countDownload(id: ShareLinkId, download: LinkDownload): Promise<void> {
    const { db, now } = this.#parts;
    await this.#requireLive(await this.#find(id));
    await db.transaction().execute((transaction) => countDownload(transaction, { ...download, linkId: id, now: now() }));
  }

  async markBroken(linkId: ShareLinkId, download: BrokenDownload): Promise<void> {
    await markDownloadBroken(this.#parts.db, { ...download, linkId });
  }

  viewOf(link: ShareLinkRow): ShareLink {
    const { id, kind, space, path, username, passwordHash, createdAt, expiresAt, lastUsedAt, downloadsMax, downloadsUsed } = link;
    return {
      ...{ id, kind, space, path, sharedBy: username, hasPassword: passwordHash !== null, downloadsUsed, downloadsMax },
      ...{ createdAt: isoTime(createdAt), expiresAt: timeOrNull(expiresAt), lastUsedAt: timeOrNull(lastUsedAt) },
      state: this.#stateOf(link),
    };
  }

  async deleteDead(): Promise<void> {
    const { db, now } = this.#parts;
    await deleteLinksDeadBefore(db, now() - DEAD_KEPT_MS);
    await forgetOldDownloads(db, now());
  }

  /** Only what still opens something counts. Of what is over, the oldest are let go when there are as many: they can say no more why they are. */
  async #makeRoom(transaction: Kysely<Schema>, userId: UserId): Promise<void> {
    const links = await listShareLinksOf(transaction, userId);
    // In a space that may be kept after all nothing is over for good.
    const over = links.filter((link) => this.#stateOf({ ...link, spaceEndingSince: null }) !== 'live');
    if (links.length - over.length >= SHARE_LINKS_PER_USER_MAX) {
      throw new NetStoreError('NS_CONFLICT', `A user may have ${SHARE_LINKS_PER_USER_MAX} links that are not over`);
    }
    const tooMany = over.slice(SHARE_LINKS_PER_USER_MAX - 1);
    await deleteShareLinks(
      transaction,
      tooMany.map(({ id }) => id),
    );
  }

  #stateOf({ endedAt, spaceEndingSince, expiresAt, downloadsMax, downloadsUsed }: ShareLinkRow): ShareLink['state'] {
    if (endedAt !== null || spaceEndingSince !== null) return 'ended';
    if (expiresAt !== null && expiresAt <= this.#parts.now()) return 'expired';
    return downloadsMax !== null && downloadsUsed >= downloadsMax ? 'used-up' : 'live';
  }

  async #find(id: ShareLinkId): Promise<ShareLinkRow> {
    const link = await findShareLink(this.#parts.db, id);
    if (link === undefined) throw ended();
    return link;
  }

  /** The access of its maker, who may still do there what the link lets others do. */
  async #requireLive(link: ShareLinkRow): Promise<SpaceAccess> {
    const state = this.#stateOf(link);
    if (state === 'ended' || link.disabledAt !== null) throw ended();
    if (state === 'expired') throw new NetStoreError('NS_LINK_EXPIRED', 'This link has expired: ask for a new one');
    const access = await this.#accessOfMaker(link);
    if (access === undefined || !decide(openAccess(access), NEEDED[link.kind], link.path).isAllowed) throw ended();
    return access;
  }

  async #accessOfMaker(link: ShareLinkRow): Promise<SpaceAccess | undefined> {
    try {
      return await spaceAccessOf(this.#parts.db, link, link.space);
    } catch (error) {
      if (error instanceof NetStoreError && error.code === 'NS_NOT_FOUND') return undefined;
      throw error;
    }
  }

  async #requirePassword({ id, passwordHash }: ShareLinkRow, password: string | undefined, clientAddress: string): Promise<void> {
    const { attempts, hasher } = this.#parts;
    if (passwordHash === null) return;
    if (password === undefined) throw new NetStoreError('NS_LINK_PASSWORD', 'This link has a password');
    await attempts.prove({ account: `link ${id}`, clientAddress }, async () => {
      if (!(await hasher.matches(password, passwordHash))) throw new NetStoreError('NS_LINK_PASSWORD', 'The password is wrong');
    });
  }

  async #requireRight(userId: UserId, to: { readonly space: string; readonly path: string; readonly kind: ShareKind }): Promise<SpaceId> {
    const space = await findSpace(this.#parts.db, to.space);
    if (space === undefined) throw noSuchSpace();
    const access = await accessOf(this.#parts.db, space, userId);
    if (space.endingSince !== null && decide(access, 'see', to.path).isAllowed) {
      throw new NetStoreError('NS_CONFLICT', 'The space is being deleted: nothing in it is shared any more');
    }
    if (decide(access, NEEDED[to.kind], to.path).isAllowed) return space.id;
    if (!decide(access, 'see', '').isAllowed) throw noSuchSpace();
    if (!decide(access, 'see', to.path).isAllowed) throw new NetStoreError('NS_NOT_FOUND', 'Nothing is there that you may see');
    throw new NetStoreError('NS_FORBIDDEN', 'You may share only what you may do yourself');
  }
}

function ended(): NetStoreError {
  return new NetStoreError('NS_LINK_ENDED', 'This link was ended, or whoever made it may not share this any more');
}

function timeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : isoTime(milliseconds);
}
