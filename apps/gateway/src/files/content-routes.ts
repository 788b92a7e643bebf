/** `GET` and `HEAD` of files, by access token and by ticket, and the making of tickets. */

import { type FilePath, parseFilePath, parseVersionId, Ticket, TicketRequest } from '@netstore/shared-types';
import { Type } from 'typebox';
import { type Gatekeeper, principalOf, spaceOf } from '../auth/authenticate.ts';
import { holderOf } from '../auth/principal.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { fileSecurity, NoQuery, problems, ReadHeaders, SpaceParams, SpacePathParams } from '../route-schemas.ts';
import { permit } from '../spaces/permit.ts';
import type { SpaceRights } from '../spaces/space-rights.ts';
import { clientSignal } from './client-signal.ts';
import type { ContentAnswerer, Present } from './content-answer.ts';
import { filePathOf } from './file-path.ts';
import { openFile } from './open-file.ts';
import { TICKET_SECONDS, type Tickets } from './ticket.ts';
import { formatVersionToken, seenSeqOf, VERSION_HEADER } from './version-token.ts';

export interface ContentRoutesOptions {
  readonly nodes: StorageNodes;
  readonly gatekeeper: Gatekeeper;
  readonly rights: SpaceRights;
  readonly answerer: ContentAnswerer;
  readonly tickets: Tickets;
}

const tags = ['files'];
const ContentQuery = Type.Object(
  { version: Type.Optional(Type.String({ maxLength: 32 })), download: Type.Optional(Type.Union([Type.Literal('0'), Type.Literal('1')])) },
  { additionalProperties: false },
);

const bytes = { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } };
/** Typed as anything: what is sent is a stream. */
export const contentResponses: unknown = {
  200: { description: 'The whole file', ...bytes },
  206: { description: 'One range of it', ...bytes },
  304: { description: 'The client has this version', type: 'null' },
  ...problems,
};

export async function contentRoutes(app: GatewayApp, options: ContentRoutesOptions): Promise<void> {
  addFileRoute(app, options);
  addTicketRoute(app, options);
  addTicketContentRoute(app, options);
}

function addFileRoute(app: GatewayApp, { gatekeeper, answerer }: ContentRoutesOptions): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/api/v1/spaces/:space/files/*',
    onRequest: gatekeeper.grant('read'),
    schema: {
      tags,
      summary: 'The bytes of a file, or a range of them',
      security: fileSecurity,
      params: SpacePathParams,
      querystring: ContentQuery,
      headers: ReadHeaders,
      response: contentResponses,
    },
    handler: (request, reply) => {
      const { version, download } = request.query;
      const space = spaceOf(request);
      const path = filePathOf(request);
      permit(space, { action: 'read', path, what: 'file' });
      const question = {
        requestId: request.id,
        space: space.id,
        path,
        version: version === undefined ? null : parseVersionId(version),
        minSeq: seenSeqOf(request.headers),
      };
      const present = download === '1' ? asDownload : asStored;
      return answerer.answer(request, reply, { question, present, holder: holderOf(principalOf(request)), space });
    },
  });
}

function addTicketRoute(app: GatewayApp, { gatekeeper, nodes, tickets }: ContentRoutesOptions): void {
  app.post(
    '/api/v1/spaces/:space/tickets',
    {
      onRequest: gatekeeper.grant('read'),
      schema: {
        tags,
        summary: 'A link to one version of a file that needs no access token',
        security: fileSecurity,
        params: SpaceParams,
        querystring: NoQuery,
        body: TicketRequest,
        response: { 201: Ticket, ...problems },
      },
    },
    async (request, reply) => {
      const space = spaceOf(request);
      const { disposition } = request.body;
      const path = parseFilePath(request.body.path);
      permit(space, { action: 'read', path, what: 'file' });
      const version = request.body.version === undefined ? null : parseVersionId(request.body.version);
      const question = { requestId: request.id, space: space.id, path, version, minSeq: seenSeqOf(request.headers) };
      const { file, appliedSeq } = await openFile(nodes, question, clientSignal(reply));
      const holder = holderOf(principalOf(request));
      const ticket = tickets.issue({ holder, space: space.name, path, version: file.version, disposition });
      reply.code(201).headers({ 'cache-control': 'no-store', [VERSION_HEADER]: formatVersionToken(appliedSeq) });
      return { url: `/content/${ticket}/${encodeURIComponent(nameOf(path))}`, expiresInSeconds: TICKET_SECONDS };
    },
  );
}

function addTicketContentRoute(app: GatewayApp, { rights, answerer, tickets }: ContentRoutesOptions): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/content/:ticket/:name',
    schema: {
      tags,
      summary: 'The same bytes by ticket',
      params: Type.Object({ ticket: Type.String(), name: Type.String() }, { additionalProperties: false }),
      querystring: NoQuery,
      response: contentResponses,
    },
    handler: async (request, reply) => {
      const { holder, space, path, version, disposition } = tickets.open(request.params.ticket);
      request.named = { holder, userId: null, space, path };
      const granted = await rights.grantTo(holder, space, 'read');
      request.named = { holder, userId: granted.userId, space, path };
      permit(granted, { action: 'read', path, what: 'file' });
      const question = { requestId: request.id, space: granted.id, path, version, minSeq: seenSeqOf(request.headers) };
      const present = disposition === 'inline' ? asShown : asDownload;
      return answerer.answer(request, reply, { question, present, holder, space: granted });
    },
  });
}

/** For programs, which get back what was stored. No browser can be led here by a link: the route needs a token in a header. */
const asStored: Present = ({ file }, inlineType) => ({
  disposition: inlineType !== null && essenceOf(inlineType) === essenceOf(file.contentType) ? 'inline' : 'attachment',
  contentType: file.contentType,
});

export const asDownload: Present = ({ file }) => ({ disposition: 'attachment', contentType: file.contentType });

/** For the page: shown in place in the type that the bytes prove, or not at all. */
export const asShown: Present = (file, inlineType) =>
  inlineType === null ? asDownload(file, null) : { disposition: 'inline', contentType: inlineType };

function essenceOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function nameOf(path: FilePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
