/** For whoever holds a link that shows something, without signing in: opening it, looking into it, and the bytes. */
import {
  EntriesPage,
  EntriesQuery,
  type FilePath,
  type FoundLink,
  NetStoreError,
  OpenedShare,
  OpenLink,
  parseFilePath,
  parseFolderPath,
  parseShareLinkId,
  ShareTicketRequest,
  Ticket,
} from '@netstore/shared-types';
import type { EntryRow } from '@netstore/wire-protocol';
import { Type } from 'typebox';
import type { AuthClient } from '../auth/auth-client.ts';
import { clientOf } from '../auth/authenticate.ts';
import { getEntry } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { clientSignal } from '../files/client-signal.ts';
import type { BytesToSend, ContentAnswerer } from '../files/content-answer.ts';
import { asDownload, asShown, contentResponses } from '../files/content-routes.ts';
import type { Cursors } from '../files/cursors.ts';
import { entryView } from '../files/entry-view.ts';
import { listFolder } from '../files/list-folder.ts';
import { notFound } from '../files/not-found.ts';
import { openFile } from '../files/open-file.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems } from '../route-schemas.ts';
import { permit } from '../spaces/permit.ts';
import type { LinkDownloads } from './link-downloads.ts';
import { linkHolder, type ShareGate, shareOf } from './share-gate.ts';
import { entryInShare, pathInSpace, targetGone } from './share-paths.ts';
import { SHARE_SESSION_SECONDS, type ShareSeals } from './share-seals.ts';

export interface ShareRoutesOptions {
  readonly auth: AuthClient;
  readonly nodes: StorageNodes;
  readonly seals: ShareSeals;
  readonly gate: ShareGate;
  readonly cursors: Cursors;
  readonly answerer: ContentAnswerer;
  readonly downloads: LinkDownloads;
}

const tags = ['shares'];
const security = [{ shareSession: [] }];

export async function shareRoutes(app: GatewayApp, options: ShareRoutesOptions): Promise<void> {
  addOpenRoute(app, options);
  addEntriesRoute(app, options);
  addTicketRoute(app, options);
  addContentRoute(app, options);
}

function addOpenRoute(app: GatewayApp, { auth, nodes, seals, gate }: ShareRoutesOptions): void {
  app.post(
    '/api/v1/share/open',
    {
      schema: {
        tags,
        summary: 'Open a link by its token, and its password where it has one',
        querystring: NoQuery,
        body: OpenLink,
        response: { 200: OpenedShare, ...problems },
      },
    },
    async (request, reply) => {
      const asked = { method: 'POST', path: '/v1/links/open', body: request.body, client: clientOf(request), isSlow: true } as const;
      const found = (await auth.passOn(asked).catch((error: unknown) => {
        gate.nameRefused(request, error);
        throw error;
      })) as FoundLink;
      const { kind, space, sharedBy, expiresAt, downloadsLeft } = found;
      const target = { link: parseShareLinkId(found.id), kind, space, path: parseFolderPath(found.path) };
      const { id } = await gate.grant(request, target);
      const row = await findTarget(nodes, { requestId: request.id, space: id, path: target.path }, clientSignal(reply));
      if (kind === 'drop' && row !== null && row.file !== null) throw targetGone();
      return {
        session: seals.issueSession(target),
        expiresInSeconds: SHARE_SESSION_SECONDS,
        ...{ kind, sharedBy, expiresAt, downloadsLeft },
        name: target.path === '' ? space : nameOf(target.path),
        entry: kind === 'drop' || row === null ? null : entryInShare(target.path, entryView(row)),
      };
    },
  );
}

function addEntriesRoute(app: GatewayApp, { nodes, gate, cursors }: ShareRoutesOptions): void {
  app.get(
    '/api/v1/share/entries',
    {
      onRequest: gate.require('view'),
      schema: {
        tags,
        security,
        summary: 'A shared folder, page by page',
        querystring: EntriesQuery,
        response: { 200: EntriesPage, ...problems },
      },
    },
    async (request, reply) => {
      const { granted, path } = shareOf(request);
      const folder = pathInSpace(path, request.query.folder ?? '');
      const asked = { requestId: request.id, space: granted, query: { ...request.query, folder }, minSeq: null, cursors };
      const { page } = await orGone(folder === path, () => listFolder(nodes, asked, clientSignal(reply)));
      return { ...page, entries: page.entries.map((entry) => entryInShare(path, entry)) };
    },
  );
}

function addTicketRoute(app: GatewayApp, { nodes, gate, seals }: ShareRoutesOptions): void {
  app.post(
    '/api/v1/share/tickets',
    {
      onRequest: gate.require('view'),
      schema: {
        tags,
        security,
        summary: 'An address of the bytes of a shared file',
        querystring: NoQuery,
        body: ShareTicketRequest,
        response: { 201: Ticket, ...problems },
      },
    },
    async (request, reply) => {
      const { granted, ...session } = shareOf(request);
      const file = parseFilePath(pathInSpace(session.path, request.body.path));
      permit(granted, { action: 'read', path: file, what: 'file' });
      const question = { requestId: request.id, space: granted.id, path: file, version: null, minSeq: null };
      const opened = await orGone(file === session.path, () => openFile(nodes, question, clientSignal(reply)));
      const ticket = seals.issueTicket({ ...session, file, version: opened.file.version, disposition: request.body.disposition });
      const url = `/content/shared/${ticket}/${encodeURIComponent(nameOf(file))}`;
      return reply.code(201).send({ url, expiresInSeconds: SHARE_SESSION_SECONDS });
    },
  );
}

function addContentRoute(app: GatewayApp, { seals, gate, answerer, downloads }: ShareRoutesOptions): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/content/shared/:ticket/:name',
    schema: {
      tags,
      summary: 'The bytes of a shared file by ticket; each download is counted',
      params: Type.Object({ ticket: Type.String(), name: Type.String() }, { additionalProperties: false }),
      querystring: NoQuery,
      response: contentResponses,
    },
    handler: async (request, reply) => {
      const ticket = seals.openTicket(request.params.ticket);
      const granted = await gate.grant(request, { ...ticket, path: ticket.file });
      permit(granted, { action: 'read', path: ticket.file, what: 'file' });
      const { file: path, version, disposition } = ticket;
      const question = { requestId: request.id, space: granted.id, path, version, minSeq: null };
      const present = disposition === 'inline' ? asShown : asDownload;
      const begin = (bytes: BytesToSend) => downloads.begin(ticket, version, bytes);
      return answerer.answer(request, reply, { question, present, holder: linkHolder(ticket), space: granted, begin });
    },
  });
}

interface Target {
  readonly requestId: string;
  readonly space: Parameters<typeof getEntry>[1]['space'];
  readonly path: FilePath;
}

/** `null` for the root of a space, which is always there. Throws `NS_LINK_TARGET_GONE`. */
async function findTarget(nodes: StorageNodes, target: Target, signal: AbortSignal): Promise<EntryRow | null> {
  if (target.path === '') return null;
  const { entry, isStale } = await getEntry(nodes, { ...target, withVersions: false, minSeq: null }, signal);
  if (entry !== null) return entry;
  throw isStale ? notFound('file or folder', true) : targetGone();
}

/** What is shared itself being away is said plainly; of what is below it no more than that nothing is there. */
async function orGone<Found>(isTarget: boolean, look: () => Promise<Found>): Promise<Found> {
  try {
    return await look();
  } catch (error) {
    if (isTarget && error instanceof NetStoreError && error.code === 'NS_NOT_FOUND') throw targetGone();
    throw error;
  }
}

function nameOf(path: FilePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
