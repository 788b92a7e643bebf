/** `PUT` of a raw body. Nothing parses it, whatever its content type says. */

import { Entry, formatDigestField } from '@netstore/shared-types';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Gatekeeper, principalOf, spaceOf } from '../auth/authenticate.ts';
import { holderOf } from '../auth/principal.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { fileSecurity, NoQuery, problems, SpacePathParams, WriteHeaders } from '../route-schemas.ts';
import { permit } from '../spaces/permit.ts';
import type { GrantedSpace } from '../spaces/space-rights.ts';
import { BodyReader } from '../uploads/body-reader.ts';
import { clientSignal } from './client-signal.ts';
import { entryView, sha256Hex } from './entry-view.ts';
import { filePathOf } from './file-path.ts';
import { identifyOperation, parseIdempotencyKey } from './idempotency.ts';
import { etagOf, expectedOf } from './preconditions.ts';
import type { FileUploader, UploadedFile, UploadRequest } from './upload-file.ts';
import { announcedBytesOf, announcedDigestsOf, contentTypeOf } from './upload-headers.ts';
import { encodePath } from './url-path.ts';
import { formatVersionToken, VERSION_HEADER } from './version-token.ts';

export interface UploadRoutesOptions {
  readonly gatekeeper: Gatekeeper;
  readonly uploader: FileUploader;
}

export async function uploadRoutes(app: GatewayApp, { gatekeeper, uploader }: UploadRoutesOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.put(
    '/api/v1/spaces/:space/files/*',
    {
      onRequest: gatekeeper.grant('write'),
      schema: {
        tags: ['files'],
        summary: 'Store the body as a new version of a file',
        security: fileSecurity,
        params: SpacePathParams,
        querystring: NoQuery,
        headers: WriteHeaders,
        response: { 201: Entry, ...problems },
      },
    },
    async (request, reply) => {
      const body = new BodyReader(request.raw);
      try {
        return answerUploaded(reply, spaceOf(request), await uploader.upload(uploadRequestOf(request, reply, body)));
      } finally {
        // What is left of the body is read beside the answer, so that a client that is still sending gets to see it.
        void body.finish();
      }
    },
  );
}

function uploadRequestOf(request: FastifyRequest, reply: FastifyReply, body: BodyReader): UploadRequest {
  const { headers } = request;
  const space = spaceOf(request);
  const path = filePathOf(request);
  permit(space, { action: 'write', path, what: 'file' });
  const contentType = contentTypeOf(headers['content-type'], path);
  const expected = expectedOf(headers);
  const bytes = announcedBytesOf(headers['content-length']);
  const key = parseIdempotencyKey(headers);
  return {
    requestId: request.id,
    holder: holderOf(principalOf(request)),
    space,
    author: space.userId,
    path,
    contentType,
    expected,
    identity: identifyOperation({ actor: space.actor, key, asked: ['PUT', space.id, path, contentType, expected] }),
    body,
    bodyBytesMax: bytes,
    announced: { bytes, sha256s: announcedDigestsOf(headers) },
    signal: clientSignal(reply),
  };
}

/** Repeated requests get the same answer as the first. */
function answerUploaded(reply: FastifyReply, space: GrantedSpace, { entry, file, replicas, seq }: UploadedFile): Entry {
  reply.code(201).headers({
    location: `/api/v1/spaces/${encodeURIComponent(space.name)}/files/${encodePath(entry.path)}`,
    etag: etagOf(file.version),
    'repr-digest': formatDigestField(sha256Hex(file.sha256)),
    [VERSION_HEADER]: formatVersionToken(seq),
    'x-netstore-replicas': `${replicas.durable}/${replicas.total}`,
  });
  return entryView({ ...entry, replicas });
}
