/** Deleting, and the operations that move, copy, make folders, restore and purge: each is one logged operation, atomic, repeated safely with a key. */
import { Entry, FileOperation, NetStoreError, PurgeResult } from '@netstore/shared-types';
import type { Operation } from '@netstore/wire-protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Gatekeeper, spaceOf } from '../auth/authenticate.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems, SpaceParams, SpacePathParams, WriteHeaders } from '../route-schemas.ts';
import { operationOf } from './asked-operation.ts';
import { entryView } from './entry-view.ts';
import { identifyOperation, parseIdempotencyKey } from './idempotency.ts';
import { expectedOf } from './preconditions.ts';
import { type AcceptedOperation, runOperation } from './run-operation.ts';
import { purgeResultView } from './trash-view.ts';
import { SEGMENTS_BEFORE_PATH } from './upload-routes.ts';
import { pathFromUrl } from './url-path.ts';
import { formatVersionToken, VERSION_HEADER } from './version-token.ts';

export interface OperationRoutesOptions {
  readonly nodes: StorageNodes;
  readonly gatekeeper: Gatekeeper;
}

const security = [{ accessToken: [] }];

export async function operationRoutes(app: GatewayApp, { nodes, gatekeeper }: OperationRoutesOptions): Promise<void> {
  app.delete(
    '/api/v1/spaces/:space/files/*',
    {
      onRequest: gatekeeper.grant('write'),
      schema: {
        tags: ['files'],
        summary: 'To the trash, a folder with all below it; also when nothing is there',
        security,
        params: SpacePathParams,
        querystring: NoQuery,
        headers: WriteHeaders,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const path = pathFromUrl(request.raw.url ?? '', SEGMENTS_BEFORE_PATH);
      const operation = { kind: 'delete', space: spaceOf(request).id, path, expected: expectedOf(request.headers) } as const;
      const { seq } = await run(nodes, request, operation);
      // What a record trashed is named by its seq.
      const headers = { [VERSION_HEADER]: formatVersionToken(seq), 'x-netstore-trash-id': String(seq) };
      return reply.code(204).headers(headers).send(null);
    },
  );
  app.post(
    '/api/v1/spaces/:space/operations',
    {
      onRequest: gatekeeper.grant('write'),
      schema: {
        tags: ['entries'],
        summary: 'Move or copy a file or a whole folder, make a folder, restore from the trash, or purge for good',
        security,
        params: SpaceParams,
        querystring: NoQuery,
        headers: WriteHeaders,
        body: FileOperation,
        response: { 200: Type.Union([Entry, PurgeResult]), ...problems },
      },
    },
    async (request, reply) => {
      const accepted = await run(nodes, request, operationOf(request.body, spaceOf(request).id));
      const { replicas, seq, outcome } = accepted;
      reply.headers({ 'x-netstore-replicas': `${replicas.durable}/${replicas.total}`, [VERSION_HEADER]: formatVersionToken(seq) });
      if (!('purged' in outcome)) return entryOf(accepted);
      request.log.info({ space: spaceOf(request).id, user: spaceOf(request).userId, ...outcome.purged }, 'deleted for good');
      return purgeResultView(outcome.purged);
    },
  );
}

function run(nodes: StorageNodes, request: FastifyRequest, operation: Operation): Promise<AcceptedOperation> {
  const { userId } = spaceOf(request);
  const key = parseIdempotencyKey(request.headers);
  const identity = identifyOperation({ user: userId, key, asked: [request.method, operation] });
  return runOperation(nodes, { requestId: request.id, author: userId, identity, operation });
}

function entryOf({ outcome }: AcceptedOperation): Entry {
  if (outcome.entry === null) throw new NetStoreError('NS_INTERNAL', 'An operation was accepted without an entry');
  return entryView(outcome.entry);
}
