/**
 * Hooks that stand before routes: who asks, and may they do that in this space? They run before a byte of the body is read.
 * Handlers get what was found by `sessionOf`, `principalOf` and `spaceOf`, which fail where a route forgot its hook.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';
import type { GrantedSpace, SpaceRights, Wish } from '../spaces/space-rights.ts';
import type { Client } from './auth-client.ts';
import { type KeyVerifier, presentedKey } from './key-verifier.ts';
import type { Principal, SessionPrincipal } from './principal.ts';
import type { TokenVerifier } from './token-verifier.ts';

const SPACE_NAME = /^[^/\u0000-\u001f]{1,128}$/;

export class Gatekeeper {
  readonly #tokens: TokenVerifier;
  readonly #keys: KeyVerifier;
  readonly #rights: SpaceRights;

  constructor(options: { readonly tokens: TokenVerifier; readonly keys: KeyVerifier; readonly rights: SpaceRights }) {
    this.#tokens = options.tokens;
    this.#keys = options.keys;
    this.#rights = options.rights;
  }

  /** For routes of any signed-in person whose answer comes from the auth service, which looks at the session itself. */
  readonly requireSession = async (request: FastifyRequest): Promise<void> => {
    request.principal = await this.#verify(request);
    sessionOf(request);
  };

  /** The same, and the session has not been ended. */
  readonly requireLiveSession = async (request: FastifyRequest): Promise<void> => {
    await this.requireSession(request);
    await this.#rights.requireLiveSession(sessionOf(request));
  };

  /** For routes with a parameter `space`, of any kind of principal. */
  grant(wish: Wish): (request: FastifyRequest) => Promise<void> {
    return async (request) => {
      request.principal = await this.#verify(request);
      const { space } = request.params as { readonly space: string };
      if (!isSpaceName(space)) throw new NetStoreError('NS_NOT_FOUND', 'There is no such space that you may see');
      request.space = await this.#rights.grant(request.principal, space, wish);
    };
  }

  #verify(request: FastifyRequest): Promise<Principal> {
    const { authorization } = request.headers;
    const key = presentedKey(authorization);
    return key === undefined ? this.#tokens.verify(authorization) : this.#keys.verify(key, clientOf(request));
  }
}

export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new NetStoreError('NS_INTERNAL', 'A route without authentication asked who is there');
  return request.principal;
}

/** Throws `NS_FORBIDDEN` for every other kind of principal: what is about people is for people. */
export function sessionOf(request: FastifyRequest): SessionPrincipal {
  const principal = principalOf(request);
  if (principal.kind === 'session') return principal;
  throw new NetStoreError('NS_FORBIDDEN', 'This is for people who are signed in: a key does not reach it');
}

/** For the auth service, which throttles by the address and lists sessions by both. */
export function clientOf(request: FastifyRequest): Client {
  return { address: request.ip, agent: request.headers['user-agent'] };
}

export function spaceOf(request: FastifyRequest): GrantedSpace {
  if (request.space === null) throw new NetStoreError('NS_INTERNAL', 'A route without a grant asked for its space');
  return request.space;
}

/** It becomes a segment of a URL of the auth service, where dots alone would mean another route. */
function isSpaceName(text: string): boolean {
  return SPACE_NAME.test(text) && text.isWellFormed() && text !== '.' && text !== '..';
}
