/**
 * The one decision about spaces: may this person do that there? Every protocol asks here. "Not yours" and "not there" are the same
 * `NS_NOT_FOUND`, given by the auth service; `NS_FORBIDDEN` is for those who may see a space but not change it.
 */
import {
  type Me,
  NetStoreError,
  parseSpaceId,
  parseUserId,
  type SessionId,
  type SpaceAccess,
  type SpaceId,
  type UserId,
} from '@netstore/shared-types';
import type { AuthClient } from '../auth/auth-client.ts';
import type { Principal } from '../auth/principal.ts';
import { RememberedAnswers } from '../auth/remembered-answers.ts';

/** What a request wants to do in a space. */
export type Wish = 'read' | 'write';

/** What was granted: a proof that the decision was made, which the use cases take. */
export interface GrantedSpace {
  readonly id: SpaceId;
  readonly name: string;
  readonly userId: UserId;
}

const MAY_WRITE = { viewer: false, editor: true, manager: true } as const;

export class SpaceRights {
  readonly #auth: AuthClient;
  readonly #access = new RememberedAnswers<SpaceAccess>();
  readonly #accessOfSessions = new RememberedAnswers<SpaceAccess>();
  readonly #people = new RememberedAnswers<Me>();

  constructor(auth: AuthClient) {
    this.#auth = auth;
  }

  async grant(principal: Principal, space: string, wish: Wish): Promise<GrantedSpace> {
    const key = `${principal.sessionId}/${space}`;
    return decide(await this.#access.get(key, () => this.#auth.spaceAccess(space, principal.accessToken)), wish);
  }

  /** For links, whose signature names the session they were made in. */
  async grantToSession(session: SessionId, space: string, wish: Wish): Promise<GrantedSpace> {
    const key = `${session}/${space}`;
    return decide(await this.#accessOfSessions.get(key, () => this.#auth.spaceAccessOfSession(space, session)), wish);
  }

  /** For what any signed-in person may see: that the session has not been ended. */
  async requireLiveSession(principal: Principal): Promise<void> {
    await this.#people.get(principal.sessionId, () => this.#auth.me(principal.accessToken));
  }
}

function decide({ space, userId }: SpaceAccess, wish: Wish): GrantedSpace {
  if (wish === 'write' && !MAY_WRITE[space.role]) throw new NetStoreError('NS_FORBIDDEN', 'You may read this space but not change it');
  return { id: parseSpaceId(space.id), name: space.name, userId: parseUserId(userId) };
}
