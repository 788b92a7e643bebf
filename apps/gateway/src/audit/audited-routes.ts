/**
 * What every route is called in the audit. A new route has a line here, or a test fails. `kept: true` keeps the answer back until the entry is
 * with the auth service: acts on accounts, rights and spaces. Files are noted in batches.
 */
import type { AuditAction, FileOperation } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';
import { filePathOf } from '../files/file-path.ts';
import { pathFromUrl } from '../files/url-path.ts';
import { pathInSpace, SEGMENTS_BEFORE_NAME } from '../shares/share-paths.ts';

export interface AuditedRoute {
  readonly action: AuditAction;
  readonly isKept: boolean;
  readonly path: (request: FastifyRequest) => unknown;
  readonly subject: (request: FastifyRequest) => unknown;
}

const none = (): null => null;
const pathInUrl: AuditedRoute['path'] = filePathOf;
const nameInUrl: AuditedRoute['path'] = (request) => pathFromUrl(request.raw.url ?? '', SEGMENTS_BEFORE_NAME);
const inQuery =
  (name: string): AuditedRoute['path'] =>
  ({ query }) =>
    (query as Fields)[name];
const inBody =
  (...names: readonly string[]): AuditedRoute['path'] =>
  ({ body }) =>
    names.map((name) => (body as Fields | undefined)?.[name]).find((value) => value !== undefined);
/** Sent as it lies below what is shared, which only an open share says. */
const inShare =
  (look: AuditedRoute['path']): AuditedRoute['path'] =>
  (request) => {
    const below = look(request) ?? '';
    return request.share === null ? below : pathInSpace(request.share.path, String(below));
  };
const parameter =
  (...names: readonly string[]): AuditedRoute['path'] =>
  ({ params }) =>
    names
      .map((name) => (params as Fields)[name])
      .filter((value) => value !== undefined)
      .join(' ');
const person: AuditedRoute['path'] = ({ body, query }) => {
  const named = { ...(query as Fields), ...(body as Fields | null | undefined) };
  const subject = (named['subject'] as Fields | undefined) ?? named;
  return subject['name'] ?? subject['user'] ?? subject['group'];
};

type Fields = Readonly<Record<string, unknown>>;

interface Where {
  readonly path?: AuditedRoute['path'];
  readonly subject?: AuditedRoute['subject'];
}
const read = (action: AuditAction, { path = none, subject = none }: Where = {}): AuditedRoute => ({ action, isKept: false, path, subject });
const kept = (action: AuditAction, where: Where = {}): AuditedRoute => ({ ...read(action, where), isKept: true });
const id = { subject: parameter('id') };
const group = { subject: parameter('group', 'user') };

export const AUDITED_ROUTES: Readonly<Record<string, AuditedRoute>> = {
  'GET /api/v1/spaces/:space/entries': read('file.list', { path: inQuery('folder') }),
  'GET /api/v1/spaces/:space/entries/*': read('file.look', { path: pathInUrl }),
  'GET /api/v1/spaces/:space/files/*': read('file.read', { path: pathInUrl }),
  'PUT /api/v1/spaces/:space/files/*': read('file.put', { path: pathInUrl }),
  'DELETE /api/v1/spaces/:space/files/*': read('file.delete', { path: pathInUrl }),
  'POST /api/v1/spaces/:space/files': read('file.put-form'),
  'POST /api/v1/spaces/:space/operations': read('file.operate', {
    path: inBody('from', 'path'),
    subject: inBody('to', 'trashId', 'trashIds', 'versions'),
  }),
  'POST /api/v1/spaces/:space/tickets': read('file.link', { path: inBody('path') }),
  'GET /api/v1/spaces/:space/trash': read('trash.list'),
  'GET /content/:ticket/:name': read('file.read'),
  'GET /api/v1/spaces': read('space.list'),
  'POST /api/v1/spaces': kept('space.make', { subject: inBody('name') }),
  'GET /api/v1/spaces/:space': read('space.look'),
  'PATCH /api/v1/spaces/:space': kept('space.change'),
  'DELETE /api/v1/spaces/:space': kept('space.delete'),
  'PUT /api/v1/spaces/:space/ending': kept('space.end'),
  'DELETE /api/v1/spaces/:space/ending': kept('space.keep'),
  'GET /api/v1/spaces/:space/grants': read('grant.list'),
  'PUT /api/v1/spaces/:space/grants': kept('grant.give', { path: inBody('folder', 'path'), subject: person }),
  'DELETE /api/v1/spaces/:space/grants': kept('grant.take', { path: inQuery('folder'), subject: person }),
  'GET /api/v1/spaces/:space/access': read('space.viewers', { path: inQuery('path') }),
  'GET /api/v1/users/:id/quota': read('quota.look', id),
  'PUT /api/v1/users/:id/quota': kept('quota.set', id),
  'GET /api/v1/groups': read('group.list'),
  'POST /api/v1/groups': kept('group.make', { subject: inBody('name') }),
  'GET /api/v1/groups/:group': read('group.look', group),
  'PATCH /api/v1/groups/:group': kept('group.change', group),
  'DELETE /api/v1/groups/:group': kept('group.delete', group),
  'PUT /api/v1/groups/:group/members/:user': kept('group.add', group),
  'DELETE /api/v1/groups/:group/members/:user': kept('group.remove', group),
  'GET /api/v1/spaces/:space/links': read('link.list'),
  'POST /api/v1/spaces/:space/links': kept('link.make', { path: inBody('path'), subject: inBody('kind') }),
  'DELETE /api/v1/spaces/:space/links/:id': kept('link.end', id),
  'GET /api/v1/me/links': read('link.list'),
  'DELETE /api/v1/me/links/:id': kept('link.end', id),
  'POST /api/v1/share/open': read('link.open'),
  'GET /api/v1/share/entries': read('file.list', { path: inShare(inQuery('folder')) }),
  'POST /api/v1/share/tickets': read('file.link', { path: inShare(inBody('path')) }),
  'PUT /api/v1/share/files/*': read('file.put', { path: inShare(nameInUrl) }),
  'GET /content/shared/:ticket/:name': read('file.read'),
  'GET /api/v1/cluster': read('cluster.look'),
  'GET /api/v1/audit': read('audit.read'),
  'GET /api/v1/audit/export': kept('audit.export'),
  'GET /api/v1/me': read('account.look'),
  'POST /api/v1/me/password': kept('account.password'),
  'GET /api/v1/me/sessions': read('session.list'),
  'DELETE /api/v1/me/sessions/:id': kept('session.end', id),
  'GET /api/v1/me/second-factor': read('second-factor.look'),
  'POST /api/v1/me/second-factor/enrol': kept('second-factor.enrol'),
  'POST /api/v1/me/second-factor/confirm': kept('second-factor.confirm'),
  'DELETE /api/v1/me/second-factor': kept('second-factor.remove'),
  'GET /api/v1/me/keys': read('key.list'),
  'POST /api/v1/me/keys': kept('key.make', { subject: inBody('name') }),
  'DELETE /api/v1/me/keys/:id': kept('key.end', id),
  'GET /api/v1/users/:id/keys': read('key.list', id),
  'DELETE /api/v1/keys/:id': kept('key.end', id),
  'GET /api/v1/users': read('user.list'),
  'POST /api/v1/users': kept('user.make', { subject: inBody('username') }),
  'GET /api/v1/users/:id': read('user.look', id),
  'PATCH /api/v1/users/:id': kept('user.change', id),
  'DELETE /api/v1/users/:id': kept('user.delete', id),
  'POST /api/v1/users/:id/password-reset': kept('user.reset-link', id),
  'DELETE /api/v1/users/:id/second-factor': kept('user.second-factor', id),
  'GET /api/v1/invitations': read('invitation.list'),
  'POST /api/v1/invitations': kept('invitation.make', { subject: inBody('username') }),
  'DELETE /api/v1/invitations/:id': kept('invitation.end', id),
  'POST /api/v1/invitations/look-up': read('invitation.look'),
  'POST /api/v1/invitations/accept': kept('invitation.accept', { subject: inBody('username') }),
  'POST /api/v1/password-resets/look-up': read('reset.look'),
  'POST /api/v1/password-resets/accept': kept('reset.accept'),
  'GET /api/v1/setup': read('setup.look'),
  'POST /api/v1/setup': kept('setup.accept', { subject: inBody('username') }),
  'POST /api/v1/sessions': kept('session.begin', { subject: inBody('username') }),
  'POST /api/v1/sessions/refresh': read('session.refresh'),
  'DELETE /api/v1/sessions/current': kept('session.end'),
};

const OPERATIONS: readonly `file.${FileOperation['kind']}`[] = [
  'file.copy',
  'file.make-folder',
  'file.move',
  'file.purge',
  'file.purge-versions',
  'file.restore',
];

/** By kind of the operation, where the body was read. */
export function actionOf({ action }: AuditedRoute, { body }: FastifyRequest): AuditAction {
  const { kind } = (body as Fields | null | undefined) ?? {};
  return action === 'file.operate' ? (OPERATIONS.find((each) => each === `file.${kind}`) ?? action) : action;
}
