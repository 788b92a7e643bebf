/**
 * Routes that the auth service answers in the name of whoever asks: it decides, and the gateway passes on. What was changed through this gateway
 * is asked for again at once, so that whoever changed it sees the change; what others have stays known, however often somebody changes what is his.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { AuthClient, AuthRequest } from './auth-client.ts';
import { clientOf, sessionOf } from './authenticate.ts';
import type { Outdated } from './outdated.ts';

export interface PassOnOptions {
  readonly auth: AuthClient;
  /** Gives up what is remembered of the auth service's answers. */
  readonly forget: (outdated: Outdated) => void;
}

type AuthenticatedRequest = Parameters<typeof sessionOf>[0];

const SEGMENT_CHARACTERS_MAX = 128;

/** One segment of a path of the auth service. Dots alone would mean another route. */
export function segment(text: string): string {
  const isName = text !== '' && text !== '.' && text !== '..' && text.length <= SEGMENT_CHARACTERS_MAX && text.isWellFormed();
  if (!isName) throw new NetStoreError('NS_NOT_FOUND', 'Nothing of that name is there that you may see');
  return encodeURIComponent(text);
}

/** Reads something. `path` without the query, which goes along as it was checked. */
export async function passOn({ auth }: PassOnOptions, request: AuthenticatedRequest, path: string): Promise<unknown> {
  return await auth.passOn(passedOn(request, path));
}

/** Asks something that a change of another resource depends on, in the same name. */
export async function askFirst({ auth }: PassOnOptions, request: AuthenticatedRequest, path: string): Promise<unknown> {
  const { accessToken } = sessionOf(request);
  return await auth.passOn({ method: 'GET', path, accessToken, client: clientOf(request) });
}

interface Passed {
  /** What is not to be believed any more once it was done. */
  readonly outdates: readonly Outdated[];
  /** Whether a password is hashed for the answer. */
  readonly isSlow?: boolean;
}

/** Changes something. */
export async function passOnChange(
  { auth, forget }: PassOnOptions,
  request: AuthenticatedRequest,
  { path, outdates, isSlow = false }: Passed & { readonly path: string },
): Promise<unknown> {
  const answer = await auth.passOn({ ...passedOn(request, path), isSlow });
  for (const each of outdates) forget(each);
  return answer;
}

function passedOn(request: AuthenticatedRequest, path: string): AuthRequest {
  const { accessToken } = sessionOf(request);
  const query = new URLSearchParams(Object.entries(request.query as Record<string, unknown>).map(([name, value]) => [name, String(value)]));
  const body = request.body == null ? {} : { body: request.body };
  return {
    method: request.method as AuthRequest['method'],
    path: query.size === 0 ? path : `${path}?${query}`,
    accessToken,
    client: clientOf(request),
    ...body,
  };
}
