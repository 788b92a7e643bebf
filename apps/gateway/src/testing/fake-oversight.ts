/** What the fake auth service says about spaces, rules, groups and quotas. */
import type { IncomingMessage } from 'node:http';
import type { ClusterRole, SpaceRole } from '@netstore/shared-types';
import { type Answer, LINK, problem } from './fake-people.ts';

interface Asker {
  readonly userId: string;
  readonly roles: readonly ClusterRole[];
  /** By name of the space. */
  readonly spaces: ReadonlyMap<string, { readonly role: SpaceRole }>;
}

/** Only who may ask: what is answered is the auth service's own matter. */
export function decideOversight({ url = '', method }: IncomingMessage, { userId, roles, spaces }: Asker): Answer {
  const isEnough = roles.includes('admin') || (method === 'GET' && roles.includes('auditor'));
  const path = url.replace(/\?.*/, '');
  const name = decodeURIComponent(/^\/v1\/spaces\/([^/]+)/.exec(path)?.[1] ?? '');
  const role = spaces.get(name)?.role;
  const answer = { status: method === 'POST' ? 201 : method === 'GET' || method === 'PATCH' ? 200 : 204, body: ANSWERS };
  if (path === '/v1/spaces' && method === 'GET') return answer;
  if (isEnough || (path === `/v1/users/${userId}/quota` && method === 'GET')) return answer;
  if (!path.startsWith('/v1/spaces/')) return problem(403, 'NS_FORBIDDEN');
  if (role === undefined) return problem(404, 'NS_NOT_FOUND');
  if (path === `/v1/spaces/${name}/links` && method === 'POST') return answer;
  const isPlain = path === `/v1/spaces/${name}` && method === 'GET';
  return role === 'manager' || isPlain ? answer : problem(403, 'NS_FORBIDDEN');
}

/** What all of these answers have in them. */
const ANSWERS = {
  entries: [],
  id: 'x',
  name: 'x',
  kind: 'shared',
  owner: 'x',
  role: null,
  bytesMax: null,
  spaces: [],
  grants: [],
  viewers: [],
  groups: [],
  members: [],
  nextCursor: null,
  links: [],
  link: LINK,
  token: 'token',
};
