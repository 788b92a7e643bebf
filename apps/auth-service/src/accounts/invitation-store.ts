/** The rows of invitations. Decides nothing. */
import type { ClusterRole, InvitationId, UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export interface InvitationRow {
  readonly id: InvitationId;
  readonly username: string | null;
  readonly roles: readonly ClusterRole[];
  readonly createdBy: UserId | null;
  /** The name of whoever that is. */
  readonly invitedBy: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** When it was used. */
  readonly endedAt: number | null;
}

export interface NewInvitation {
  readonly id: InvitationId;
  readonly tokenHash: string;
  readonly username: string | null;
  readonly roles: readonly ClusterRole[];
  readonly createdBy: UserId;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export async function insertInvitation(db: Kysely<Schema>, invitation: NewInvitation): Promise<void> {
  await db
    .insertInto('invitations')
    .values({ ...invitation, roles: JSON.stringify(invitation.roles), usedAt: null })
    .execute();
}

export async function findInvitation(db: Kysely<Schema>, tokenHash: string): Promise<InvitationRow | undefined> {
  const row = await selectInvitations(db).where('tokenHash', '=', tokenHash).executeTakeFirst();
  return row === undefined ? undefined : parseRoles(row);
}

/** Neither used nor expired, the latest first. */
export async function listOpenInvitations(db: Kysely<Schema>, now: number): Promise<InvitationRow[]> {
  const rows = await selectInvitations(db)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .orderBy('invitations.createdAt', 'desc')
    .orderBy('invitations.id')
    .execute();
  return rows.map(parseRoles);
}

export async function markInvitationUsed(db: Kysely<Schema>, id: InvitationId, at: number): Promise<void> {
  await db.updateTable('invitations').set({ usedAt: at }).where('id', '=', id).execute();
}

/** Says whether there was one that could be used. */
export async function deleteOpenInvitation(db: Kysely<Schema>, id: InvitationId): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('invitations').where('id', '=', id).where('usedAt', 'is', null).executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function deleteInvitationsBefore(db: Kysely<Schema>, expiredAt: number): Promise<void> {
  await db.deleteFrom('invitations').where('expiresAt', '<', expiredAt).execute();
}

function selectInvitations(db: Kysely<Schema>) {
  return db
    .selectFrom('invitations')
    .leftJoin('users', 'users.id', 'invitations.createdBy')
    .select([
      'invitations.id',
      'invitations.username',
      'invitations.roles',
      'invitations.createdBy',
      'users.username as invitedBy',
      'invitations.createdAt',
      'invitations.expiresAt',
      'invitations.usedAt as endedAt',
    ]);
}

function parseRoles<Row extends { readonly roles: string }>(row: Row): Omit<Row, 'roles'> & { roles: ClusterRole[] } {
  return { ...row, roles: JSON.parse(row.roles) as ClusterRole[] };
}
