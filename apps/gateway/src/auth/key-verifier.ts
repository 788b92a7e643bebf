/**
 * Turns an API key into a `KeyPrincipal`. The auth service says whether it is good; its word is remembered for at most 5 s, under a digest of the
 * key, and given up at once where a change of its user is heard of. What is no whole key is refused without asking anybody.
 */
import { createHash } from 'node:crypto';
import { API_KEY_PREFIX, NetStoreError, parseApiKey, parseUserId } from '@netstore/shared-types';
import { LRUCache } from 'lru-cache';
import type { AuthClient, Client } from './auth-client.ts';
import type { Outdated } from './outdated.ts';
import { type KeyPrincipal, verifiedKey } from './principal.ts';
import { QuestionLimit } from './question-limit.ts';
import { RememberedAnswers } from './remembered-answers.ts';

/** Keys that were good once: strangers do not keep these waiting. */
const KNOWN_KEYS_MAX = 10_000;
const BEARER_KEY = new RegExp(`^Bearer (${API_KEY_PREFIX}.*)$`, 'i');

/** What looks like an API key in a header field, whole or not. */
export function presentedKey(authorization: string | undefined): string | undefined {
  return BEARER_KEY.exec(authorization ?? '')?.[1];
}

export class KeyVerifier {
  readonly #auth: Pick<AuthClient, 'checkKey'>;
  readonly #answers: RememberedAnswers<KeyPrincipal>;
  readonly #strangers: QuestionLimit;
  readonly #known = new LRUCache<string, true>({ max: KNOWN_KEYS_MAX });

  constructor(auth: Pick<AuthClient, 'checkKey'>, now: () => number = () => performance.now()) {
    this.#auth = auth;
    this.#answers = new RememberedAnswers<KeyPrincipal>({ now });
    this.#strangers = new QuestionLimit(now);
  }

  /** Throws `NS_UNAUTHENTICATED`, `NS_TOO_MANY_ATTEMPTS`, or `NS_UNAVAILABLE` when nobody answers. */
  async verify(text: string, client: Client): Promise<KeyPrincipal> {
    const parts = parseApiKey(text);
    if (parts === undefined) throw new NetStoreError('NS_UNAUTHENTICATED', 'The API key is not whole: a part is missing, or was mistyped');
    const digest = createHash('sha256').update(text).digest('base64');
    return await this.#answers.get(digest, async () => {
      if (!this.#known.has(digest)) this.#strangers.take(client.address);
      const { userId } = await this.#auth.checkKey(parts, client);
      this.#known.set(digest, true);
      return verifiedKey({ keyId: parts.id, userId: parseUserId(userId) });
    });
  }

  /** From now on the auth service is asked again about what has changed. A refusal does not say whom it is about. */
  forget(outdated: Outdated): void {
    this.#answers.forget((_digest, key) => isMeant(outdated, key));
  }
}

function isMeant(outdated: Outdated, key: KeyPrincipal | undefined): boolean {
  switch (outdated.kind) {
    case 'all':
      return true;
    case 'user':
      return key === undefined || key.userId === outdated.userId;
    case 'holder':
      return outdated.holder.kind === 'key' && (key === undefined || key.keyId === outdated.holder.id);
    case 'space':
    case 'member':
      return false;
  }
}
