/**
 * What principals have in spaces: asked of the auth service, remembered for at most 4 s, forgotten at once where a change is heard of. What they
 * may do with it is decided by `permit.ts`. "Not yours" and "not there" are the same `NS_NOT_FOUND`, given by the auth service.
 */
import {
  type Access,
  NetStoreError,
  openAccess,
  parseSpaceId,
  parseUserId,
  type Quota,
  type SpaceAccess,
  type SpaceId,
  type SpaceRole,
  type UserId,
} from '@netstore/shared-types';
import type { AuthClient } from '../auth/auth-client.ts';
import type { Outdated } from '../auth/outdated.ts';
import { type Holder, holderOf, type Principal, type SessionPrincipal } from '../auth/principal.ts';
import { RememberedAnswers } from '../auth/remembered-answers.ts';
import { Watch } from './watch.ts';

/** Rights that are held are asked for so often. */
export const ASKED_AGAIN_EVERY_MS = 1_000;

/** What a request wants to do in a space, somewhere. */
export type Wish = 'read' | 'write';

/** What was granted: a proof that somebody has something in this space, by which every path is decided. */
export interface GrantedSpace {
  readonly id: SpaceId;
  readonly name: string;
  /** Who stands behind it, and is the author of what is written. */
  readonly userId: UserId;
  /** Whose idempotency keys count: all sessions of a person are the same one. */
  readonly actor: string;
  readonly access: Access;
  /** What every write in it has to keep. */
  readonly quotas: readonly Quota[];
}

interface KnownSpace extends GrantedSpace {
  readonly username: string;
  /** The highest anywhere in it. */
  readonly role: SpaceRole;
}

export class SpaceRights {
  /** Of rights that are held for as long as bytes flow: most are given back before its first turn. */
  readonly watch = new Watch(ASKED_AGAIN_EVERY_MS);
  readonly #auth: AuthClient;
  readonly #spacesOfTokens = new RememberedAnswers<KnownSpace>({ bytesOf });
  readonly #spacesOfHolders = new RememberedAnswers<KnownSpace>({ bytesOf });
  readonly #people = new RememberedAnswers<UserId>();

  constructor(auth: AuthClient) {
    this.#auth = auth;
  }

  async grant(principal: Principal, space: string, wish: Wish): Promise<GrantedSpace> {
    const holder = holderOf(principal);
    if (principal.kind !== 'session') return this.grantTo(holder, space, wish);
    const ask = async (): Promise<KnownSpace> => openSpace(holder, await this.#auth.spaceAccess(space, principal.accessToken));
    return allow(await this.#spacesOfTokens.get(keyOf(holder, space), ask), wish);
  }

  /** For tickets, whose signature names the holder that they were made for, and for principals that are no sessions. */
  async grantTo(holder: Holder, space: string, wish: Wish): Promise<GrantedSpace> {
    const ask = async (): Promise<KnownSpace> => openSpace(holder, await this.#auth.spaceAccessOf(holder, space));
    return allow(await this.#spacesOfHolders.get(keyOf(holder, space), ask), wish);
  }

  /** For what any signed-in person may see: that the session has not been ended. */
  async requireLiveSession(principal: SessionPrincipal): Promise<void> {
    await this.#people.get(principal.sessionId, async () => parseUserId((await this.#auth.me(principal.accessToken)).user.id));
  }

  /** From now on the auth service is asked again about what has changed. */
  forget(outdated: Outdated): void {
    for (const spaces of [this.#spacesOfTokens, this.#spacesOfHolders]) spaces.forget((key, known) => isMeant(outdated, key, known));
    this.#people.forget(
      (_session, userId) => outdated.kind === 'all' || (outdated.kind === 'user' && (userId === undefined || userId === outdated.userId)),
    );
  }
}

function keyOf({ kind, id }: Pick<Holder, 'kind'> & { readonly id: string }, space: string): string {
  return `${kind}/${id}/${space}`;
}

/** A refusal says neither whom nor what it is about, except by the name in its key. */
function isMeant(outdated: Outdated, key: string, known: KnownSpace | undefined): boolean {
  switch (outdated.kind) {
    case 'all':
      return true;
    case 'space':
      return key.endsWith(`/${outdated.name}`);
    case 'user':
      return known === undefined || known.userId === outdated.userId;
    case 'member':
      return known === undefined || known.username === outdated.username;
    case 'holder':
      return key.startsWith(keyOf(outdated.holder, ''));
  }
}

const RULE_BYTES = 256;
const FOLDER_BYTES = 128;
const SPACE_ID_BYTES = 64;

/** About what it takes here: rules and their folders, the folders above these, and the spaces that quotas name. */
function bytesOf({ access, quotas }: KnownSpace): number {
  const folders = [...access.rules.keys()].reduce((sum, folder) => sum + RULE_BYTES + 2 * folder.length, 0);
  return folders + access.below.size * FOLDER_BYTES + quotas.reduce((sum, { spaces }) => sum + spaces.length * SPACE_ID_BYTES, 0);
}

function openSpace(holder: Holder, { space, userId, username, isOwner, rules, cuts, quotas }: SpaceAccess): KnownSpace {
  return {
    id: parseSpaceId(space.id),
    name: space.name,
    userId: parseUserId(userId),
    username,
    actor: holder.kind === 'session' ? userId : `${holder.kind}/${holder.id}`,
    role: space.role,
    access: openAccess({ isOwner, rules, cuts }),
    quotas,
  };
}

function allow(space: KnownSpace, wish: Wish): GrantedSpace {
  if (wish === 'write' && !mayChange(space)) throw new NetStoreError('NS_FORBIDDEN', 'You may read this space but not change it');
  return space;
}

/** Somewhere in it, something. */
function mayChange({ role, access }: KnownSpace): boolean {
  return role !== 'viewer' && access.cuts.every(({ actions }) => actions.includes('write') || actions.includes('delete'));
}
