/**
 * The cookie that carries the refresh token. It serves refresh and sign-out alone; scripts cannot read it, and other sites cannot
 * send it. Over plain HTTP browsers take the `__Host-` form from localhost only; elsewhere it exists under another name, and
 * only when the configuration says so.
 */
import type { CookieSerializeOptions } from '@fastify/cookie';
import { type IssuedSession, NetStoreError, type Session } from '@netstore/shared-types';
import type { FastifyReply, FastifyRequest } from 'fastify';

const SECURE_NAME = '__Host-netstore-refresh';
const INSECURE_NAME = 'netstore-refresh-insecure';
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

export class RefreshCookie {
  readonly #allowInsecureHttp: boolean;

  constructor({ allowInsecureHttp }: { readonly allowInsecureHttp: boolean }) {
    this.#allowInsecureHttp = allowInsecureHttp;
  }

  read(request: FastifyRequest): string | undefined {
    const isInsecure = this.#isInsecure(request);
    return request.cookies[isInsecure ? INSECURE_NAME : SECURE_NAME];
  }

  set(request: FastifyRequest, reply: FastifyReply, cookie: { readonly token: string; readonly maxAgeSeconds: number }): void {
    const isInsecure = this.#isInsecure(request);
    reply.setCookie(isInsecure ? INSECURE_NAME : SECURE_NAME, cookie.token, { ...attributes(!isInsecure), maxAge: cookie.maxAgeSeconds });
  }

  clear(request: FastifyRequest, reply: FastifyReply): void {
    const isInsecure = this.#isInsecure(request);
    reply.clearCookie(isInsecure ? INSECURE_NAME : SECURE_NAME, attributes(!isInsecure));
  }

  /** Throws where a cookie could only travel in the clear and nobody said that it may. */
  #isInsecure(request: FastifyRequest): boolean {
    if (request.protocol === 'https' || LOCAL_HOST.test(request.host)) return false;
    if (this.#allowInsecureHttp) return true;
    throw new NetStoreError(
      'NS_FORBIDDEN',
      'Signing in over plain HTTP is possible on localhost only: put TLS before NetStore, or set NETSTORE_ALLOW_INSECURE_HTTP=1',
    );
  }
}

function attributes(secure: boolean): CookieSerializeOptions {
  return { path: '/', httpOnly: true, secure, sameSite: 'strict' };
}

/** What the browser gets of a session: the refresh token as the cookie, the rest to be sent as the body. */
export function answerSession(
  cookie: RefreshCookie,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  issued: IssuedSession,
): Session {
  cookie.set(request, reply, { token: issued.refreshToken, maxAgeSeconds: issued.refreshExpiresInSeconds });
  reply.header('cache-control', 'no-store');
  return { accessToken: issued.accessToken, expiresInSeconds: issued.expiresInSeconds };
}
