/** Stands before routes of share sessions: the session was opened with the right token and password, and its link is still worth something. */
import { type FilePath, NetStoreError, type ShareKind, type ShareLinkId } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';
import type { Holder } from '../auth/principal.ts';
import type { GrantedSpace, SpaceRights } from '../spaces/space-rights.ts';
import type { ShareSeals, ShareSession } from './share-seals.ts';

export interface OpenShare extends ShareSession {
  /** What the maker of the link may do now, cut down to the link. */
  readonly granted: GrantedSpace;
}

type AskedLink = Pick<ShareSession, 'link' | 'space' | 'kind'> & { readonly path?: FilePath | null };

/** What the rights of a share session hang on. */
export function linkHolder({ link }: Pick<ShareSession, 'link'>): Holder {
  return { kind: 'link', id: link };
}

export class ShareGate {
  readonly #seals: ShareSeals;
  readonly #rights: SpaceRights;

  constructor(options: { readonly seals: ShareSeals; readonly rights: SpaceRights }) {
    this.#seals = options.seals;
    this.#rights = options.rights;
  }

  /** Throws `NS_UNAUTHENTICATED`, `NS_FORBIDDEN` for a link of the other kind, and what is wrong with the link. */
  require(kind: ShareKind): (request: FastifyRequest) => Promise<void> {
    return async (request) => {
      const [, text] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
      if (text === undefined) throw new NetStoreError('NS_UNAUTHENTICATED', 'No share session was presented: open the link first');
      const session = this.#seals.openSession(text);
      request.named = { holder: linkHolder(session), userId: null, space: session.space, path: null };
      if (session.kind !== kind) throw new NetStoreError('NS_FORBIDDEN', 'This link is not for that');
      request.share = { ...session, granted: await this.grant(request, { ...session, path: null }) };
    };
  }

  /** For the audit: what link was refused, where the auth service says it. */
  nameRefused(request: FastifyRequest, error: unknown): void {
    const { link } = error instanceof NetStoreError ? error.details : {};
    if (link === undefined) return;
    const { id, space } = link as { readonly id: ShareLinkId; readonly space: string };
    request.named = { holder: linkHolder({ link: id }), userId: null, space, path: null };
  }

  /** Asked again after at most 5 s. Throws what is wrong with the link. `path`: what the request is about, for the audit, where the link says it. */
  async grant(request: FastifyRequest, { path = null, ...link }: AskedLink): Promise<GrantedSpace> {
    const holder = linkHolder(link);
    request.named = { holder, userId: null, space: link.space, path };
    const granted = await this.#rights.grantTo(holder, link.space, link.kind === 'drop' ? 'write' : 'read');
    request.named = { holder, userId: granted.userId, space: link.space, path };
    return granted;
  }
}

export function shareOf(request: FastifyRequest): OpenShare {
  if (request.share === null) throw new NetStoreError('NS_INTERNAL', 'A route without a share session asked for it');
  return request.share;
}
