/** What people have in spaces, compiled from the grants: for the gateway to decide by, and for lists. */
import {
  type Access,
  type AccessRule,
  type Cut,
  compileRules,
  decide,
  NetStoreError,
  openAccess,
  type Quota,
  rankOf,
  type SpaceAccess,
  type SpaceRole,
  type SpaceStanding,
  type SpaceSummary,
  type UserId,
} from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';
import { grantsNaming, grantsNamingBySpace, rootGrantsNaming } from './grant-store.ts';
import { quotaOf } from './quota-store.ts';
import { endingOf } from './space-ending.ts';
import { findSpace, idsOfSpacesOwnedBy, listSpacesNaming, type SpaceRow } from './space-store.ts';

interface Person {
  readonly userId: UserId;
  readonly username: string;
}

/** Throws `NS_NOT_FOUND` for a space that is not there and for one they have nothing in alike. */
export async function spaceAccessOf(db: Kysely<Schema>, { userId, username }: Person, spaceName: string): Promise<SpaceAccess> {
  const space = await findSpace(db, spaceName);
  if (space === undefined) throw noSuchSpace();
  const { isOwner, rules } = await rulesOf(db, space, userId);
  const role = highestRole(isOwner, rules);
  if (role === null) throw noSuchSpace();
  return { space: summaryOf(space, role), userId, username, isOwner, rules, cuts: cutsOf(space), quotas: await quotasOf(db, space) };
}

export async function accessOf(db: Kysely<Schema>, space: SpaceRow, userId: UserId): Promise<Access> {
  return openAccess({ ...(await rulesOf(db, space, userId)), cuts: cutsOf(space) });
}

/** The highest anywhere in it; null when that is nothing. */
export async function roleIn(db: Kysely<Schema>, space: SpaceRow, userId: UserId): Promise<SpaceRole | null> {
  const { isOwner, rules } = await rulesOf(db, space, userId);
  return highestRole(isOwner, rules);
}

/** By name, those in which a person has something. */
export async function listSpacesOf(db: Kysely<Schema>, userId: UserId): Promise<(SpaceRow & { readonly role: SpaceRole })[]> {
  const spaces = await listSpacesNaming(db, userId);
  const grants = await grantsNamingBySpace(db, userId);
  return spaces.flatMap((space) => {
    const role = highestRole(space.ownerId === userId, compileRules(grants.get(space.id) ?? []));
    return role === null ? [] : [{ ...space, role }];
  });
}

export async function summariesOf(db: Kysely<Schema>, userId: UserId): Promise<SpaceSummary[]> {
  return (await listSpacesOf(db, userId)).map((space) => summaryOf(space, space.role));
}

/** Who has one rule deep in a space learns nothing about the rest of it, also not how much there is. */
export function standingOf(
  space: SpaceRow,
  { role, isOverseer, now }: { readonly role: SpaceRole | null; readonly isOverseer: boolean; readonly now: number },
): SpaceStanding {
  const { id, name, kind, owner, bytesMax } = space;
  return { id, name, kind, owner, role, bytesMax, ending: endingOf(space, now), seesUsage: isOverseer || role === 'manager' };
}

export function isManager(access: Access): boolean {
  return decide(access, 'manage', '').isAllowed;
}

function highestRole(isOwner: boolean, rules: readonly AccessRule[]): SpaceRole | null {
  if (isOwner) return 'manager';
  return rules.reduce<SpaceRole | null>(
    (highest, { role }) => (rankOf(role) > rankOf(highest ?? 'none') ? (role as SpaceRole) : highest),
    null,
  );
}

/** One answer for "not there" and "not yours". */
export function noSuchSpace(): NetStoreError {
  return new NetStoreError('NS_NOT_FOUND', 'There is no such space that you may see');
}

/** Those that can decide about something: none for an owner, and that of the root alone for a manager, whatever else was given to them. */
async function rulesOf(db: Kysely<Schema>, { id, ownerId }: SpaceRow, userId: UserId): Promise<{ isOwner: boolean; rules: AccessRule[] }> {
  if (ownerId === userId) return { isOwner: true, rules: [] };
  const atRoot = compileRules(await rootGrantsNaming(db, id, userId));
  if (atRoot.some(({ role }) => role === 'manager')) return { isOwner: false, rules: atRoot };
  return { isOwner: false, rules: compileRules(await grantsNaming(db, id, userId)) };
}

/** In a space that is being deleted everybody may do what he could, but for adding to it. */
function cutsOf({ endingSince }: SpaceRow): Cut[] {
  return endingSince === null ? [] : [{ path: '', actions: ['read', 'delete', 'manage'] }];
}

/** That of the space, and that of its owner over all that is his. */
async function quotasOf(db: Kysely<Schema>, { id, ownerId, bytesMax }: SpaceRow): Promise<Quota[]> {
  const ofSpace = bytesMax === null ? [] : [{ spaces: [id as string], bytesMax }];
  const ofOwner = await quotaOf(db, ownerId);
  if (ofOwner === null) return ofSpace;
  return [...ofSpace, { spaces: await idsOfSpacesOwnedBy(db, ownerId), bytesMax: ofOwner }];
}

function summaryOf({ id, name, kind, owner }: SpaceRow, role: SpaceRole): SpaceSummary {
  return { id, name, kind, owner, role };
}
