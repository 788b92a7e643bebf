/**
 * Tickets: links to one version of one file that carry their own proof, for elements of a page that cannot send a token.
 *
 *   ticket = base64url(JSON of the claims) "." base64url(HMAC-SHA-256(ticket key, the part before the dot))
 *
 * A ticket proves who made it and for what. Whether its holder still may read the space is asked again at every use.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  type FilePath,
  NetStoreError,
  parseApiKeyId,
  parseFilePath,
  parseSessionId,
  parseVersionId,
  type VersionId,
} from '@netstore/shared-types';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import type { PrincipalHolder } from '../auth/principal.ts';

export const TICKET_SECONDS = 12 * 60 * 60;
/** A path of 4096 bytes in base64, and room for the rest. */
const TICKET_LENGTH_MAX = 8192;
/** 43 characters are 32 bytes. */
const TICKET = /^([\w-]+)\.([\w-]{43})$/;

const Claims = Type.Object(
  {
    format: Type.Literal(2),
    holder: Type.Object(
      { kind: Type.Union([Type.Literal('session'), Type.Literal('key')]), id: Type.String() },
      { additionalProperties: false },
    ),
    space: Type.String(),
    path: Type.String(),
    version: Type.String(),
    disposition: Type.Union([Type.Literal('inline'), Type.Literal('attachment')]),
    expiresAtMs: Type.Integer(),
  },
  { additionalProperties: false },
);

export interface TicketClaims {
  readonly holder: PrincipalHolder;
  /** By name, as it is asked for. */
  readonly space: string;
  readonly path: FilePath;
  readonly version: VersionId;
  readonly disposition: 'inline' | 'attachment';
}

export class Tickets {
  readonly #key: Buffer;
  readonly #now: () => number;

  constructor({ key, now = Date.now }: { readonly key: Buffer; readonly now?: () => number }) {
    this.#key = key;
    this.#now = now;
  }

  issue(claims: TicketClaims): string {
    const body: Static<typeof Claims> = { format: 2, ...claims, expiresAtMs: this.#now() + TICKET_SECONDS * 1000 };
    const payload = Buffer.from(JSON.stringify(body)).toString('base64url');
    return `${payload}.${this.#mac(payload).toString('base64url')}`;
  }

  /** Throws `NS_NOT_FOUND` for everything that is not a ticket of ours that is still good. */
  open(ticket: string): TicketClaims {
    const [, payload, mac] = TICKET.exec(ticket) ?? [];
    if (payload === undefined || mac === undefined || ticket.length > TICKET_LENGTH_MAX) throw notFound();
    if (!timingSafeEqual(Buffer.from(mac, 'base64url'), this.#mac(payload))) throw notFound();
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (!Check(Claims, claims) || claims.expiresAtMs <= this.#now()) throw notFound();
    const { holder, space, path, version, disposition } = claims;
    return { holder: parseHolder(holder), space, path: parseFilePath(path), version: parseVersionId(version), disposition };
  }

  #mac(payload: string): Buffer {
    return createHmac('sha256', this.#key).update('netstore ticket').update(payload).digest();
  }
}

function parseHolder({ kind, id }: Static<typeof Claims>['holder']): PrincipalHolder {
  switch (kind) {
    case 'session':
      return { kind, id: parseSessionId(id) };
    case 'key':
      return { kind, id: parseApiKeyId(id) };
  }
}

function notFound(): NetStoreError {
  return new NetStoreError('NS_NOT_FOUND', 'Nothing is here that you may see');
}
