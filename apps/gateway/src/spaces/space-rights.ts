/**
 * What people have in spaces: asked of the auth service, remembered for at most 5 s, forgotten at once where a change is heard of. What they
 * may do with it is decided by `permit.ts`. "Not yours" and "not there" are the same `NS_NOT_FOUND`, given by the auth service.
 */
import {
  type Access,
  type Change,
  type Me,
  NetStoreError,
  openAccess,
  parseSpaceId,
  parseUserId,
  type Quota,
  type SessionId,
  type SpaceAccess,
  type SpaceId,
  type SpaceRole,
  type UserId,
} from '@netstore/shared-types';
import type { AuthClient } from '../auth/auth-client.ts';
import type { Principal } from '../auth/principal.ts';
import { RememberedAnswers } from '../auth/remembered-answers.ts';

/** What a request wants to do in a space, somewhere. */
export type Wish = 'read' | 'write';

/** What was granted: a proof that somebody has something in this space, by which every path is decided. */
export interface GrantedSpace {
  readonly id: SpaceId;
  readonly name: string;
  readonly userId: UserId;
  readonly access: Access;
  /** What every write in it has to keep. */
  readonly quotas: readonly Quota[];
}

interface KnownSpace extends GrantedSpace {
  /** The highest anywhere in it. */
  readonly role: SpaceRole;
}

export class SpaceRights {
  readonly #auth: AuthClient;
  readonly #spaces = new RememberedAnswers<KnownSpace>();
  readonly #spacesOfSessions = new RememberedAnswers<KnownSpace>();
  readonly #people = new RememberedAnswers<Me>();

  constructor(auth: AuthClient) {
    this.#auth = auth;
  }

  async grant(principal: Principal, space: string, wish: Wish): Promise<GrantedSpace> {
    const key = keyOf(principal.sessionId, space);
    return allow(await this.#spaces.get(key, async () => openSpace(await this.#auth.spaceAccess(space, principal.accessToken))), wish);
  }

  /** For links, whose signature names the session they were made in. */
  async grantToSession(session: SessionId, space: string, wish: Wish): Promise<GrantedSpace> {
    const key = keyOf(session, space);
    const known = await this.#spacesOfSessions.get(key, async () => openSpace(await this.#auth.spaceAccessOfSession(space, session)));
    return allow(known, wish);
  }

  /** For what any signed-in person may see: that the session has not been ended. */
  async requireLiveSession(principal: Principal): Promise<void> {
    await this.#people.get(principal.sessionId, () => this.#auth.me(principal.accessToken));
  }

  /** From now on the auth service is asked again about what has changed. */
  forget(change: Change): void {
    for (const spaces of [this.#spaces, this.#spacesOfSessions]) spaces.forget((key, known) => isMeant(change, key, known));
    this.#people.forget(
      (_session, me) => change.kind === 'all' || (change.kind === 'user' && (me === undefined || me.user.id === change.userId)),
    );
  }
}

function keyOf(session: SessionId, space: string): string {
  return `${session}/${space}`;
}

/** A refusal says neither whom nor what it is about, except by the name in its key. */
function isMeant(change: Change, key: string, known: KnownSpace | undefined): boolean {
  switch (change.kind) {
    case 'all':
      return true;
    case 'space':
      return key.endsWith(`/${change.name}`);
    case 'user':
      return known === undefined || known.userId === change.userId;
  }
}

function openSpace({ space, userId, isOwner, rules, quotas }: SpaceAccess): KnownSpace {
  const access = openAccess({ isOwner, rules });
  return { id: parseSpaceId(space.id), name: space.name, userId: parseUserId(userId), role: space.role, access, quotas };
}

function allow(space: KnownSpace, wish: Wish): GrantedSpace {
  if (wish === 'write' && space.role === 'viewer') throw new NetStoreError('NS_FORBIDDEN', 'You may read this space but not change it');
  return space;
}
