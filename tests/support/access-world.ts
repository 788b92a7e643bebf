/**
 * One of every kind that can ask a gateway for something, on real services: people by what they have in one space and in the cluster, programs by
 * what their keys leave them, holders of links, and those whose proof is good no more.
 */
import type {
  Invitation,
  IssuedApiKey,
  IssuedInvitation,
  IssuedShareLink,
  OpenedShare,
  OwnSessions,
  Session,
  User,
} from '@netstore/shared-types';
import type { Gateway } from './gateway.ts';

/** The space is the owner's. Files are asked for in one folder: the guest may read that alone, the narrowed editor may do nothing in it. */
const PEOPLE = [
  'anonymous',
  'stranger',
  'viewer',
  'editor',
  'guest',
  'narrowed',
  'manager',
  'owner',
  'admin',
  'auditor',
  'disabled',
  'ended',
] as const;
/** All of them the owner's, who may do everything about files. */
const KEYS = ['key', 'key that reads', 'key that writes', 'key that deletes', 'key elsewhere', 'key of another space'] as const;
/** Share sessions of the owner's links to that folder: one that shows it, and one to drop files into it. */
const LINKS = ['link', 'drop link'] as const;
export const KINDS = [...PEOPLE, ...KEYS, ...LINKS] as const;
export type Kind = (typeof KINDS)[number];

export const SPACE = 'team';
export const FOLDER = 'folder';
export const PASSWORD = 'correct horse battery';

export interface AccessWorld {
  /** What each presents as its Bearer token; anonymous has none. */
  readonly proofs: Readonly<Record<Kind, string | undefined>>;
  /** Somebody with no part in anything, to be looked after. */
  readonly target: User;
  /** Somebody to be deleted, and who gets what was his. */
  readonly doomed: User;
  readonly heir: User;
  readonly invitation: Invitation;
  /** Links of the owner, one for each who may end it. */
  readonly links: Readonly<Record<'manager' | 'owner' | 'admin', string>>;
}

export async function populate(gateway: Gateway): Promise<AccessWorld> {
  const root = await gateway.signIn();
  const ask = async <Answer>(proof: string | undefined, route: string, body?: object): Promise<Answer> => {
    const answer = await gateway.send(proof, route, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${route}: expected success, got ${answer.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
  const user = (username: string, role = 'member'): Promise<User> =>
    ask<User>(root, 'POST /users', { username, password: PASSWORD, roles: [role] });
  const person = async (username: string, role?: string): Promise<{ readonly id: string; readonly proof: string }> => {
    const { id } = await user(username, role);
    const { accessToken } = await ask<Session>(undefined, 'POST /sessions', { username, password: PASSWORD });
    return { id, proof: accessToken };
  };
  const proofOf = async (username: string, role?: string): Promise<string> => (await person(username, role)).proof;

  const owner = await proofOf('owner');
  const members = {
    viewer: await proofOf('viewer'),
    editor: await proofOf('editor'),
    guest: await proofOf('guest'),
    narrowed: await proofOf('narrowed'),
    manager: await proofOf('manager'),
  };
  const disabled = await person('disabled', 'admin');
  const ended = await proofOf('ended', 'admin');
  await ask(root, 'POST /spaces', { name: SPACE, owner: 'owner' });
  await ask(root, 'POST /groups', { name: 'crew' });
  await ask(root, 'POST /groups', { name: 'doomed' });
  for (const [name, role, folder] of [
    ['viewer', 'viewer', ''],
    ['editor', 'editor', ''],
    ['guest', 'viewer', FOLDER],
    ['narrowed', 'editor', ''],
    ['narrowed', 'none', FOLDER],
    ['manager', 'manager', ''],
  ]) {
    await ask(owner, `PUT /spaces/${SPACE}/grants`, { folder, subject: { kind: 'user', name }, role });
  }
  for (const path of [FOLDER, 'elsewhere']) await ask(owner, `POST /spaces/${SPACE}/operations`, { kind: 'make-folder', path });
  const key = async (name: string, scope: object): Promise<string> =>
    (await ask<IssuedApiKey>(owner, 'POST /me/keys', { name, password: PASSWORD, space: SPACE, folder: FOLDER, ...scope })).text;
  const all = ['read', 'write', 'delete'];
  const keys: Record<(typeof KEYS)[number], string> = {
    key: await key('all', { verbs: all }),
    'key that reads': await key('read', { verbs: ['read'] }),
    'key that writes': await key('write', { verbs: ['write'] }),
    'key that deletes': await key('delete', { verbs: ['delete'] }),
    'key elsewhere': await key('elsewhere', { verbs: all, folder: 'elsewhere' }),
    'key of another space': await key('home', { verbs: all, space: 'home-owner', folder: '' }),
  };
  const link = (kind: 'view' | 'drop'): Promise<IssuedShareLink> => ask(owner, `POST /spaces/${SPACE}/links`, { kind, path: FOLDER });
  const shareSession = async (kind: 'view' | 'drop'): Promise<string> => {
    const { token } = await link(kind);
    return (await ask<OpenedShare>(undefined, 'POST /share/open', { token })).session;
  };
  const proofs = {
    anonymous: undefined,
    stranger: await proofOf('stranger'),
    ...members,
    owner,
    admin: await proofOf('overseer', 'admin'),
    auditor: await proofOf('auditor', 'auditor'),
    disabled: disabled.proof,
    ended,
    ...keys,
    link: await shareSession('view'),
    'drop link': await shareSession('drop'),
  };
  const idOfLink = async (): Promise<string> => (await link('view')).link.id;
  await ask(root, `PATCH /users/${disabled.id}`, { isDisabled: true });
  const { sessions } = await ask<OwnSessions>(ended, 'GET /me/sessions');
  for (const { id } of sessions) await ask(ended, `DELETE /me/sessions/${id}`);
  return {
    proofs,
    target: await user('target'),
    doomed: await user('doomed'),
    heir: await user('heir'),
    invitation: (await ask<IssuedInvitation>(root, 'POST /invitations', { roles: ['member'] })).invitation,
    links: { manager: await idOfLink(), owner: await idOfLink(), admin: await idOfLink() },
  };
}
