/** The public API, route by route: what each kind of principal gets from it. A route that is in no list here fails the build. */
import { type AccessWorld, FOLDER, KINDS, type Kind, PASSWORD, SPACE } from './access-world.ts';

/** `ok`: any answer below 400; else the status. */
export type Outcome = 'ok' | number;

export interface Row {
  /** Method and path as the description of the API names it. */
  readonly route: string;
  readonly expected: Readonly<Record<Kind, Outcome>>;
  /** What stands for the names in the path, in place of what usually does. */
  readonly names?: (world: AccessWorld, kind: Kind) => Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: (world: AccessWorld, kind: Kind) => object | string;
}

/** A share session is a proof for its own few routes alone. */
const unproven = { anonymous: 401, disabled: 401, ended: 401, link: 401, 'drop link': 401 } as const;
const reads = {
  ...unproven,
  stranger: 404,
  viewer: 'ok',
  editor: 'ok',
  guest: 'ok',
  narrowed: 404,
  manager: 'ok',
  owner: 'ok',
  admin: 404,
  auditor: 404,
  key: 'ok',
  'key that reads': 'ok',
  'key that writes': 403,
  'key that deletes': 403,
  'key elsewhere': 404,
  'key of another space': 404,
} as const;
/** A folder is seen by whoever may do something in it. */
const sees = { ...reads, 'key that writes': 'ok', 'key that deletes': 'ok' } as const;
const writes = { ...reads, viewer: 403, guest: 403, 'key that reads': 403, 'key that writes': 'ok' } as const;
const deletes = { ...writes, 'key that writes': 403, 'key that deletes': 'ok' } as const;
/** What is about people is closed to every key. */
const noKeys = {
  key: 403,
  'key that reads': 403,
  'key that writes': 403,
  'key that deletes': 403,
  'key elsewhere': 403,
  'key of another space': 403,
} as const;
const signedIn = { ...reads, stranger: 'ok', admin: 'ok', auditor: 'ok', narrowed: 'ok', ...noKeys } as const;
const forAdmins = {
  ...unproven,
  stranger: 403,
  viewer: 403,
  editor: 403,
  guest: 403,
  narrowed: 403,
  manager: 403,
  owner: 403,
  admin: 'ok',
  auditor: 403,
  ...noKeys,
} as const;
const forOverseers = { ...forAdmins, auditor: 'ok' } as const;
/** By who manages the space, and by roles in the cluster. */
const looks = { ...forOverseers, stranger: 404, manager: 'ok', owner: 'ok' } as const;
const looksAfter = { ...looks, auditor: 404 } as const;
/** What everybody who is signed in gets in place of `ok`: he was let in, and there is nothing of his to do it to. */
const signedInGets = (status: number): Row['expected'] =>
  asRow(KINDS.map((kind) => [kind, signedIn[kind] === 'ok' ? status : signedIn[kind]]));
/** What holders of links get, and nobody by another proof. */
const forLink = asRow(KINDS.map((kind) => [kind, kind === 'link' ? 'ok' : kind === 'drop link' ? 403 : 401]));
const forDropLink = { ...forLink, link: 403, 'drop link': 'ok' } as const;

const own = (_world: AccessWorld, kind: Kind): { readonly path: string } => ({ path: `${FOLDER}/${kind.replaceAll(' ', '-')}` });
const anyName = (): string => `x${crypto.randomUUID()}`;
const target = ({ target: { id } }: AccessWorld): { readonly id: string } => ({ id });

const FILES: readonly Row[] = [
  { route: 'GET /api/v1/spaces/{space}/entries', expected: sees, query: `?folder=${FOLDER}` },
  { route: 'GET /api/v1/spaces/{space}/entries/{path}', expected: { ...reads, 'key that writes': 404, 'key that deletes': 404 } },
  { route: 'GET /api/v1/spaces/{space}/files/{path}', expected: reads },
  { route: 'HEAD /api/v1/spaces/{space}/files/{path}', expected: reads },
  { route: 'PUT /api/v1/spaces/{space}/files/{path}', expected: writes, names: own, body: () => 'x' },
  { route: 'DELETE /api/v1/spaces/{space}/files/{path}', expected: deletes, names: own },
  { route: 'POST /api/v1/spaces/{space}/files', expected: writes, body: formed },
  {
    route: 'POST /api/v1/spaces/{space}/operations',
    expected: writes,
    body: () => ({ kind: 'make-folder', path: `${FOLDER}/${anyName()}` }),
  },
  { route: 'POST /api/v1/spaces/{space}/tickets', expected: reads, body: () => ({ path: `${FOLDER}/there`, disposition: 'inline' }) },
  { route: 'GET /api/v1/spaces/{space}/trash', expected: { ...sees, narrowed: 'ok', 'key elsewhere': 'ok' } },
];

const SPACES: readonly Row[] = [
  { route: 'GET /api/v1/spaces', expected: signedIn },
  { route: 'POST /api/v1/spaces', expected: forAdmins, body: () => ({ name: anyName(), owner: 'target' }) },
  { route: 'GET /api/v1/spaces/{space}', expected: { ...signedIn, stranger: 404 } },
  { route: 'PATCH /api/v1/spaces/{space}', expected: looksAfter, body: () => ({ name: SPACE }) },
  // In this order: what is marked cannot go so soon, and is kept for the rows that follow.
  { route: 'PUT /api/v1/spaces/{space}/ending', expected: looksAfter },
  { route: 'DELETE /api/v1/spaces/{space}', expected: { ...looksAfter, manager: 409, owner: 409, admin: 409 } },
  { route: 'DELETE /api/v1/spaces/{space}/ending', expected: looksAfter },
  { route: 'GET /api/v1/spaces/{space}/grants', expected: looks },
  {
    route: 'PUT /api/v1/spaces/{space}/grants',
    expected: looksAfter,
    body: () => ({ folder: 'granted', subject: { kind: 'user', name: 'target' }, role: 'viewer' }),
  },
  { route: 'DELETE /api/v1/spaces/{space}/grants', expected: looksAfter, query: '?folder=granted&user=target' },
  { route: 'GET /api/v1/spaces/{space}/access', expected: looks, query: `?path=${FOLDER}` },
  { route: 'GET /api/v1/users/{id}/quota', expected: forOverseers, names: target },
  { route: 'PUT /api/v1/users/{id}/quota', expected: forAdmins, names: target, body: () => ({ bytesMax: 1 }) },
];

const LINKS: readonly Row[] = [
  {
    route: 'POST /api/v1/spaces/{space}/links',
    expected: { ...reads, ...noKeys, 'key of another space': 404 },
    body: () => ({ kind: 'view', path: FOLDER }),
  },
  { route: 'GET /api/v1/spaces/{space}/links', expected: looks },
  {
    route: 'DELETE /api/v1/spaces/{space}/links/{id}',
    expected: looksAfter,
    names: ({ links }, kind) => ({ id: kind in links ? links[kind as keyof typeof links] : links.owner }),
  },
  { route: 'GET /api/v1/me/links', expected: signedIn },
  { route: 'DELETE /api/v1/me/links/{id}', expected: signedInGets(404) },
  { route: 'GET /api/v1/share/entries', expected: forLink },
  { route: 'POST /api/v1/share/tickets', expected: forLink, body: () => ({ path: 'there', disposition: 'inline' }) },
  { route: 'PUT /api/v1/share/files/{path}', expected: forDropLink, names: () => ({ path: 'dropped' }), body: () => 'x' },
];

const GROUPS: readonly Row[] = [
  { route: 'GET /api/v1/groups', expected: forOverseers },
  { route: 'POST /api/v1/groups', expected: forAdmins, body: () => ({ name: anyName() }) },
  { route: 'GET /api/v1/groups/{group}', expected: forOverseers },
  { route: 'PATCH /api/v1/groups/{group}', expected: forAdmins, body: () => ({ name: 'crew' }) },
  { route: 'DELETE /api/v1/groups/{group}', expected: forAdmins, names: () => ({ group: 'doomed' }) },
  { route: 'PUT /api/v1/groups/{group}/members/{user}', expected: forAdmins },
  { route: 'DELETE /api/v1/groups/{group}/members/{user}', expected: forAdmins },
];

const PEOPLE: readonly Row[] = [
  { route: 'GET /api/v1/users', expected: forOverseers },
  {
    route: 'POST /api/v1/users',
    expected: forAdmins,
    body: () => ({ username: anyName().slice(0, 30), password: PASSWORD, roles: ['member'] }),
  },
  { route: 'GET /api/v1/users/{id}', expected: forOverseers, names: target },
  { route: 'PATCH /api/v1/users/{id}', expected: forAdmins, names: target, body: () => ({ isDisabled: false }) },
  {
    route: 'DELETE /api/v1/users/{id}',
    expected: forAdmins,
    names: ({ doomed: { id } }) => ({ id }),
    body: ({ heir: { id } }) => ({ reassignTo: id }),
  },
  { route: 'POST /api/v1/users/{id}/password-reset', expected: forAdmins, names: target },
  { route: 'DELETE /api/v1/users/{id}/second-factor', expected: { ...forAdmins, admin: 404 }, names: target },
  { route: 'GET /api/v1/users/{id}/keys', expected: forOverseers, names: target },
  { route: 'DELETE /api/v1/keys/{id}', expected: { ...forAdmins, admin: 404 } },
  { route: 'GET /api/v1/invitations', expected: forOverseers },
  { route: 'POST /api/v1/invitations', expected: forAdmins, body: () => ({ roles: ['member'] }) },
  { route: 'DELETE /api/v1/invitations/{id}', expected: forAdmins, names: ({ invitation: { id } }) => ({ id }) },
  { route: 'GET /api/v1/audit', expected: forOverseers },
  { route: 'GET /api/v1/audit/export', expected: forOverseers, query: '?format=json' },
  { route: 'GET /api/v1/cluster', expected: signedIn },
];

/** The password is changed last: everybody proves it before. */
const ACCOUNT: readonly Row[] = [
  { route: 'GET /api/v1/me', expected: signedIn },
  { route: 'GET /api/v1/me/keys', expected: signedIn },
  { route: 'POST /api/v1/me/keys', expected: signedIn, body: () => ({ name: anyName(), verbs: ['read'], password: PASSWORD }) },
  { route: 'DELETE /api/v1/me/keys/{id}', expected: signedInGets(404) },
  { route: 'GET /api/v1/me/sessions', expected: signedIn },
  { route: 'DELETE /api/v1/me/sessions/{id}', expected: signedInGets(404) },
  { route: 'GET /api/v1/me/second-factor', expected: signedIn },
  { route: 'POST /api/v1/me/second-factor/confirm', expected: signedInGets(409), body: () => ({ code: '123456' }) },
  { route: 'DELETE /api/v1/me/second-factor', expected: signedInGets(409), body: () => ({ password: PASSWORD, code: '123456' }) },
  { route: 'POST /api/v1/me/second-factor/enrol', expected: signedIn, body: () => ({ password: PASSWORD }) },
  {
    route: 'POST /api/v1/me/password',
    expected: signedIn,
    body: () => ({ oldPassword: PASSWORD, newPassword: `${PASSWORD} and more` }),
  },
];

export const ROWS: readonly Row[] = [...FILES, ...LINKS, ...SPACES, ...GROUPS, ...PEOPLE, ...ACCOUNT];

/** Routes that are for everybody, each because it has another proof or gives nothing away. */
export const OPEN: readonly string[] = [
  'GET /api/v1/setup',
  'POST /api/v1/setup',
  'POST /api/v1/sessions',
  'POST /api/v1/sessions/refresh',
  'DELETE /api/v1/sessions/current',
  'POST /api/v1/invitations/look-up',
  'POST /api/v1/invitations/accept',
  'POST /api/v1/password-resets/look-up',
  'POST /api/v1/password-resets/accept',
  'POST /api/v1/share/open',
  'GET /content/shared/{ticket}/{name}',
  'HEAD /content/shared/{ticket}/{name}',
  'GET /content/{ticket}/{name}',
  'HEAD /content/{ticket}/{name}',
];

function formed(world: AccessWorld, kind: Kind): FormData {
  const form = new FormData();
  form.append('folder', FOLDER);
  form.append('file', new Blob(['x']), `formed-${own(world, kind).path.slice(FOLDER.length + 1)}`);
  return form;
}

function asRow(outcomes: readonly (readonly [Kind, Outcome])[]): Row['expected'] {
  return Object.fromEntries(outcomes) as Row['expected'];
}
