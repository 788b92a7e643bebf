/**
 * Routes that the auth service answers in the name of whoever asks: it decides, and the gateway passes on. What was changed through this gateway
 * is asked for again at once, so that whoever changed it sees the change.
 */
import { type Change, NetStoreError } from '@netstore/shared-types';
import type { AuthClient } from './auth-client.ts';
import { clientOf, sessionOf } from './authenticate.ts';

export interface PassOnOptions {
  readonly auth: AuthClient;
  /** Gives up what is remembered of the auth service's answers. */
  readonly forget: (change: Change) => void;
}

type AuthenticatedRequest = Parameters<typeof sessionOf>[0];

const SEGMENT_CHARACTERS_MAX = 128;

/** One segment of a path of the auth service. Dots alone would mean another route. */
export function segment(text: string): string {
  const isName = text !== '' && text !== '.' && text !== '..' && text.length <= SEGMENT_CHARACTERS_MAX && text.isWellFormed();
  if (!isName) throw new NetStoreError('NS_NOT_FOUND', 'Nothing of that name is there that you may see');
  return encodeURIComponent(text);
}

/** `path` without the query, which goes along as it was checked. `isSlow`: whether a password is hashed for the answer. */
export async function passOn(
  { auth, forget }: PassOnOptions,
  request: AuthenticatedRequest,
  path: string,
  { isSlow = false } = {},
): Promise<unknown> {
  const { accessToken } = sessionOf(request);
  const method = request.method as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  const query = new URLSearchParams(Object.entries(request.query as Record<string, unknown>).map(([name, value]) => [name, String(value)]));
  const url = query.size === 0 ? path : `${path}?${query}`;
  const body = request.body == null ? {} : { body: request.body };
  const answer = await auth.passOn({ method, path: url, accessToken, client: clientOf(request), isSlow, ...body });
  if (method !== 'GET') forget({ kind: 'all' });
  return answer;
}
