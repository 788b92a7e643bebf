/**
 * What the holder of an open link carries around: share sessions and tickets for single files. Both are sealed, not only signed: where the link
 * leads to, and what the folders above are called, is none of the holder's business.
 *
 * A seal proves that the token, and the password, were right an hour ago. What the link is worth now is asked at every use.
 */
import { randomBytes } from 'node:crypto';
import {
  type FilePath,
  NetStoreError,
  parseFilePath,
  parseFolderPath,
  parseShareLinkId,
  parseVersionId,
  ShareKind,
  type ShareLinkId,
  type VersionId,
} from '@netstore/shared-types';
import { type Static, type TSchema, Type } from 'typebox';
import { Check } from 'typebox/value';
import { Cursors } from '../files/cursors.ts';

export const SHARE_SESSION_SECONDS = 60 * 60;
/** A film may be watched on a ticket. */
const TICKET_SECONDS = 12 * 60 * 60;
const SEAL_CHARACTERS_MAX = 12 * 1024;

/** What these are bound to: no listing has such a name. */
const SESSION = 'share session';
const TICKET = 'share ticket';

const sessionProperties = {
  format: Type.Literal(1),
  link: Type.String(),
  session: Type.String(),
  kind: ShareKind,
  space: Type.String(),
  path: Type.String(),
  expiresAtMs: Type.Integer(),
};
const SessionClaims = Type.Object(sessionProperties, { additionalProperties: false });
const Disposition = Type.Union([Type.Literal('inline'), Type.Literal('attachment')]);
const TicketClaims = Type.Object(
  { ...sessionProperties, file: Type.String(), version: Type.String(), disposition: Disposition },
  { additionalProperties: false },
);

export interface ShareSession {
  readonly link: ShareLinkId;
  /** 128 random bits, hex: one opening of the link, by which downloads are told apart. */
  readonly session: string;
  readonly kind: ShareKind;
  /** By name. */
  readonly space: string;
  /** What is shared; `''` for the whole space. */
  readonly path: FilePath;
}

export interface ShareTicket extends ShareSession {
  /** From the root of the space. */
  readonly file: FilePath;
  readonly version: VersionId;
  readonly disposition: Static<typeof Disposition>;
}

export class ShareSeals {
  readonly #seals: Cursors;
  readonly #now: () => number;

  constructor({ key, now = Date.now }: { readonly key: Buffer; readonly now?: () => number }) {
    this.#seals = new Cursors(key);
    this.#now = now;
  }

  issueSession(asked: Omit<ShareSession, 'session'>): string {
    return this.#seal({ ...asked, session: randomBytes(16).toString('hex') }, SESSION, SHARE_SESSION_SECONDS);
  }

  issueTicket(ticket: ShareTicket): string {
    return this.#seal(ticket, TICKET, TICKET_SECONDS);
  }

  /** Throws `NS_UNAUTHENTICATED`. */
  openSession(text: string): ShareSession {
    const claims = this.#open(text, SESSION, SessionClaims);
    if (claims === undefined) throw new NetStoreError('NS_UNAUTHENTICATED', 'The share session is over: open the link again');
    return sessionOf(claims);
  }

  /** Throws `NS_NOT_FOUND`. */
  openTicket(text: string): ShareTicket {
    const claims = this.#open(text, TICKET, TicketClaims);
    if (claims === undefined) throw new NetStoreError('NS_NOT_FOUND', 'Nothing is here that you may see');
    const { file, version, disposition } = claims;
    return { ...sessionOf(claims), file: parseFilePath(file), version: parseVersionId(version), disposition };
  }

  #seal(claims: ShareSession, what: string, seconds: number): string {
    return this.#seals.seal(JSON.stringify({ format: 1, ...claims, expiresAtMs: this.#now() + seconds * 1000 }), what);
  }

  #open<Claims extends TSchema>(text: string, what: string, schema: Claims): Static<Claims> | undefined {
    const claims = text.length > SEAL_CHARACTERS_MAX ? undefined : this.#unseal(text, what);
    const isAlive = Check(Type.Object({ expiresAtMs: Type.Integer() }), claims) && claims.expiresAtMs > this.#now();
    return isAlive && Check(schema, claims) ? claims : undefined;
  }

  #unseal(text: string, what: string): unknown {
    try {
      return JSON.parse(this.#seals.open(text, what));
    } catch {
      return undefined;
    }
  }
}

function sessionOf({ link, session, kind, space, path }: Static<typeof SessionClaims>): ShareSession {
  return { link: parseShareLinkId(link), session, kind, space, path: parseFolderPath(path) };
}
