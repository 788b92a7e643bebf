/** What the fake auth service says about people, rules and guests, whoever asks: always the same. */
import type { IncomingMessage } from 'node:http';
import type { EndedSpace, SpaceStanding } from '@netstore/shared-types';
import { type Answer, problem } from './fake-answer.ts';

const TIME = '2030-01-01T00:00:00.000Z';
const USER = {
  id: '0'.repeat(32),
  username: 'somebody',
  roles: ['member'],
  hasSecondFactor: false,
  createdAt: TIME,
  lastSignInAt: null,
  disabledAt: null,
};
const SESSION = { accessToken: 'a.b.c', expiresInSeconds: 600, refreshToken: 'refresh-token', refreshExpiresInSeconds: 1000 };
const nothing: Answer = { status: 204, body: null };
const made = (body: object): Answer => ({ status: 201, body });
const found = (body: object): Answer => ({ status: 200, body });

const ANSWERS: readonly (readonly [RegExp, Answer])[] = [
  [/^GET \/v1\/users\?/, found({ users: [USER], nextCursor: null })],
  [/^DELETE \/v1\/users\/0{32}$/, nothing],
  [/^PUT \/v1\/spaces\/[^/]+\/grants$/, nothing],
  [/^DELETE \/v1\/spaces\/[^/]+\?since=/, nothing],
  [/^POST \/v1\/invitations\/look-up$/, found({ username: null, roles: ['member'], invitedBy: 'root', expiresAt: TIME })],
  [/^POST \/v1\/invitations\/accept$/, made(SESSION)],
  [/^POST \/v1\/password-resets\/look-up$/, found({ username: 'somebody', expiresAt: TIME })],
  [/^POST \/v1\/password-resets\/accept$/, nothing],
];

/** Of every space, when somebody wants to delete it. */
export type FakeEnding = EndedSpace | undefined;

export function answerAboutPeople(route: string, ending: FakeEnding): Answer | undefined {
  if (ending !== undefined && /^GET \/v1\/spaces\/[^/]+\/ending$/.test(route)) return found(ending);
  return ANSWERS.find(([pattern]) => pattern.test(route))?.[1];
}

/** Signs in, refreshes and signs out whoever the gateway sends. */
export function decideSession({ url, method }: IncomingMessage): Answer {
  if (method === 'DELETE') return nothing;
  return { status: url === '/v1/sessions' ? 201 : 200, body: SESSION };
}

/** What a test wants to be said of a space. */
export type FakeStanding = Pick<SpaceStanding, 'id' | 'seesUsage'>;

/** To whoever asks which spaces there are, all of them; about any one of them, the first, if there is one. */
export function listStandings(url: string, standings: readonly FakeStanding[]): Answer {
  const spaces = standings.map((each) => ({ name: 'x', kind: 'shared', owner: 'x', role: null, bytesMax: null, ending: null, ...each }));
  if (!url.startsWith('/v1/spaces/')) return found({ spaces, nextCursor: null });
  return spaces[0] === undefined ? problem(404, 'NS_NOT_FOUND') : found(spaces[0]);
}
