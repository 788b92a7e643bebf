/**
 * Invitations: an admin makes a link, hands it over in some way of their own, and whoever opens it chooses a password and is a user.
 * A link works once, for 72 h, and only while the one who made it is an admin: rights that are taken away take their links with them.
 */
import type { Logger } from '@netstore/service-kit';
import {
  type AcceptInvitationRequest,
  type InvitationId,
  type InviteRequest,
  NetStoreError,
  newInvitationId,
  type UserId,
} from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import { hashOneTimeToken, newOneTimeToken } from '../keys/one-time-token.ts';
import type { Schema } from '../schema.ts';
import type { Attempts } from '../sessions/attempts.ts';
import { DEAD_LINKS_KEPT_MS, requireGood } from './admin-link.ts';
import { createAccount, refuseTakenName } from './create-account.ts';
import {
  deleteInvitationsBefore,
  deleteOpenInvitation,
  findInvitation,
  type InvitationRow,
  insertInvitation,
  listOpenInvitations,
  markInvitationUsed,
} from './invitation-store.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { checkNewPassword } from './password-policy.ts';

const HOUR_MS = 60 * 60 * 1000;
export const INVITATION_LIFETIME_MS = 72 * HOUR_MS;
const OPEN_MAX = 1_000;

/** An account that was just made, with the hash that its password has. */
export interface NewAccount {
  readonly id: UserId;
  readonly passwordHash: string;
}

interface Parts {
  readonly db: Kysely<Schema>;
  readonly hasher: PasswordHasher;
  readonly attempts: Attempts;
  readonly logger: Logger;
  readonly now: Clock;
}

export class Invitations {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The token is in the answer and nowhere else. Throws `NS_ALREADY_EXISTS` for a name that is taken, `NS_CONFLICT` when too many are open. */
  async invite(by: UserId, { username, roles }: InviteRequest): Promise<{ invitation: InvitationRow; token: string }> {
    const { db, logger, now } = this.#parts;
    const token = newOneTimeToken();
    const tokenHash = hashOneTimeToken(token);
    const [id, createdAt] = [newInvitationId(), now()];
    const invitation = await db.transaction().execute(async (transaction) => {
      if (username !== undefined) await refuseTakenName(transaction, username);
      if ((await listOpenInvitations(transaction, createdAt)).length >= OPEN_MAX) {
        throw new NetStoreError('NS_CONFLICT', `${OPEN_MAX} invitations are open: revoke some first`);
      }
      const expiresAt = createdAt + INVITATION_LIFETIME_MS;
      await insertInvitation(transaction, { id, tokenHash, username: username ?? null, roles, createdBy: by, createdAt, expiresAt });
      return await this.#mustFind(transaction, token);
    });
    logger.info({ by, invitation: id, roles }, 'invitation made');
    return { invitation, token };
  }

  async listOpen(): Promise<InvitationRow[]> {
    return await listOpenInvitations(this.#parts.db, this.#parts.now());
  }

  /** Throws `NS_NOT_FOUND`. */
  async revoke(by: UserId, id: InvitationId): Promise<void> {
    if (!(await deleteOpenInvitation(this.#parts.db, id))) throw new NetStoreError('NS_NOT_FOUND', 'There is no such open invitation');
    this.#parts.logger.info({ by, invitation: id }, 'invitation revoked');
  }

  /** What the link offers. Throws `NS_BAD_LINK` or `NS_TOO_MANY_ATTEMPTS`. */
  async lookUp(token: string, clientAddress: string): Promise<InvitationRow> {
    const { attempts, db } = this.#parts;
    return await attempts.prove({ account: `invitation ${hashOneTimeToken(token)}`, clientAddress }, () => this.#mustFind(db, token));
  }

  /**
   * Throws `NS_BAD_LINK`, `NS_TOO_MANY_ATTEMPTS`, `NS_BAD_REQUEST`, `NS_ALREADY_EXISTS`, `NS_WEAK_PASSWORD` or `NS_BUSY`; the link
   * can be used again then, except after the first.
   */
  async accept({ token, username, password }: AcceptInvitationRequest, clientAddress: string): Promise<NewAccount> {
    const { db, hasher, logger, now } = this.#parts;
    // Before anything costly, so that only the holder of a link can make this service hash.
    const name = nameFor(await this.lookUp(token, clientAddress), username);
    await refuseTakenName(db, name);
    await checkNewPassword(password, name);
    const passwordHash = await hasher.hash(password);
    const id = await db.transaction().execute(async (transaction) => {
      // Again: of two who open the same link at once, one wins.
      const invitation = await this.#mustFind(transaction, token);
      await markInvitationUsed(transaction, invitation.id, now());
      return await createAccount(transaction, { username: name, passwordHash, roles: invitation.roles, createdAt: now() });
    });
    logger.info({ userId: id }, 'invitation accepted');
    return { id, passwordHash };
  }

  async deleteDead(): Promise<void> {
    await deleteInvitationsBefore(this.#parts.db, this.#parts.now() - DEAD_LINKS_KEPT_MS);
  }

  async #mustFind(db: Kysely<Schema>, token: string): Promise<InvitationRow> {
    const found = await findInvitation(db, hashOneTimeToken(token));
    return await requireGood(db, found, { what: 'The invitation', now: this.#parts.now() });
  }
}

function nameFor({ username: offered }: InvitationRow, chosen: string | undefined): string {
  const name = chosen ?? offered;
  if (name === null) throw new NetStoreError('NS_BAD_REQUEST', 'The invitation names nobody: expected a user name');
  if (offered !== null && name !== offered) throw new NetStoreError('NS_BAD_REQUEST', `The invitation is for ${offered} alone`);
  return name;
}
