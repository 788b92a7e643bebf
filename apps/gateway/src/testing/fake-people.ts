/** What the fake auth service says about people: by the roles of who asks, and always about the same user. */
import type { IncomingMessage } from 'node:http';
import type { ClusterRole } from '@netstore/shared-types';

export interface Answer {
  readonly status: number;
  readonly body: object | null;
}

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
const INVITATION = { id: '0'.repeat(32), username: null, roles: ['member'], invitedBy: 'root', createdAt: TIME, expiresAt: TIME };
const KEY = {
  id: '0'.repeat(32),
  name: 'backup',
  space: null,
  folder: '',
  verbs: ['read'],
  createdAt: TIME,
  expiresAt: null,
  lastUsedAt: null,
  isExpired: false,
};
export const LINK = {
  id: '0'.repeat(32),
  kind: 'view',
  space: 'home-alice',
  path: 'folder',
  sharedBy: 'alice',
  hasPassword: false,
  createdAt: TIME,
  expiresAt: null,
  lastUsedAt: null,
  downloadsUsed: 0,
  downloadsMax: null,
  state: 'live',
};
const SESSION = { accessToken: 'a.b.c', expiresInSeconds: 600, refreshToken: 'refresh-token', refreshExpiresInSeconds: 1000 };
const nothing: Answer = { status: 204, body: null };
const made = (body: object): Answer => ({ status: 201, body });
const found = (body: object): Answer => ({ status: 200, body });

type Right = 'guest' | 'everybody' | 'overseer' | 'admin';

const ANSWERS: readonly (readonly [RegExp, Right, Answer])[] = [
  [/^GET \/v1\/users(?:\?|$)/, 'overseer', found({ users: [USER], nextCursor: null })],
  [/^POST \/v1\/users$/, 'admin', made(USER)],
  [/^GET \/v1\/users\/0{32}$/, 'overseer', found(USER)],
  [/^PATCH \/v1\/users\/0{32}$/, 'admin', found(USER)],
  [/^DELETE \/v1\/users\/0{32}(?:\/second-factor)?$/, 'admin', nothing],
  [/^POST \/v1\/users\/0{32}\/password-reset$/, 'admin', made({ token: 'token', expiresAt: TIME })],
  [/^GET \/v1\/users\/0{32}\/quota$/, 'overseer', found({ bytesMax: null })],
  [/^PUT \/v1\/users\/0{32}\/quota$/, 'admin', nothing],
  [/^GET \/v1\/users\/0{32}\/keys$/, 'overseer', found({ keys: [KEY] })],
  [/^DELETE \/v1\/keys\/0{32}$/, 'admin', nothing],
  [/^GET \/v1\/invitations$/, 'overseer', found({ invitations: [INVITATION] })],
  [/^POST \/v1\/invitations$/, 'admin', made({ invitation: INVITATION, token: 'token' })],
  [/^DELETE \/v1\/invitations\/0{32}$/, 'admin', nothing],
  [/^POST \/v1\/invitations\/look-up$/, 'guest', found({ username: null, roles: ['member'], invitedBy: 'root', expiresAt: TIME })],
  [/^POST \/v1\/invitations\/accept$/, 'guest', made(SESSION)],
  [/^POST \/v1\/password-resets\/look-up$/, 'guest', found({ username: 'somebody', expiresAt: TIME })],
  [/^POST \/v1\/password-resets\/accept$/, 'guest', nothing],
  [/^POST \/v1\/me\/password$/, 'everybody', nothing],
  [/^GET \/v1\/me\/sessions$/, 'everybody', found({ sessions: [] })],
  [/^DELETE \/v1\/me\/sessions\/0{32}$/, 'everybody', nothing],
  [/^GET \/v1\/me\/keys$/, 'everybody', found({ keys: [KEY] })],
  [/^POST \/v1\/me\/keys$/, 'everybody', made({ key: KEY, text: 'nsk_' })],
  [/^DELETE \/v1\/me\/keys\/0{32}$/, 'everybody', nothing],
  [/^GET \/v1\/me\/links$/, 'everybody', found({ links: [LINK] })],
  [/^DELETE \/v1\/me\/links\/0{32}$/, 'everybody', nothing],
  [/^GET \/v1\/me\/second-factor$/, 'everybody', found({ isOn: false, since: null, recoveryCodesLeft: 0 })],
  [/^POST \/v1\/me\/second-factor\/enrol$/, 'everybody', made({ secret: 'ABC', uri: 'otpauth://totp/x' })],
  [/^POST \/v1\/me\/second-factor\/confirm$/, 'everybody', found({ recoveryCodes: ['A'] })],
  [/^DELETE \/v1\/me\/second-factor$/, 'everybody', nothing],
];

const ROLES: Readonly<Record<Exclude<Right, 'guest'>, readonly ClusterRole[]>> = {
  everybody: ['member', 'auditor', 'admin'],
  overseer: ['auditor', 'admin'],
  admin: ['admin'],
};

export function isAboutPeople(url: string): boolean {
  return /^\/v1\/(?:users|invitations|password-resets|keys|me\/)/.test(url);
}

/** `person` is whoever asks with a live session. */
export function answerAboutPeople(
  { method, url }: IncomingMessage,
  person: { readonly roles: readonly ClusterRole[] } | undefined,
): Answer {
  const [, right, answer] = ANSWERS.find(([route]) => route.test(`${method} ${url}`)) ?? [];
  if (right === undefined || answer === undefined) return problem(404, 'NS_NOT_FOUND');
  if (right === 'guest') return answer;
  if (person === undefined) return problem(401, 'NS_UNAUTHENTICATED');
  return ROLES[right].some((role) => person.roles.includes(role)) ? answer : problem(403, 'NS_FORBIDDEN');
}

export function problem(status: number, code: string): Answer {
  return { status, body: { code, detail: code, status } };
}
