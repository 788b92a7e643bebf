/** Deleting, and the operations that move, copy, make folders, restore and purge: each is one logged operation, atomic, repeated safely with a key. */

import { Entry, FileOperation, NetStoreError, PurgeResult } from '@netstore/shared-types';
import type { Operation } from '@netstore/wire-protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AuthClient } from '../auth/auth-client.ts';
import { type Gatekeeper, spaceOf } from '../auth/authenticate.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { fileSecurity, NoQuery, problems, SpaceParams, SpacePathParams, WriteHeaders } from '../route-schemas.ts';
import { carryRules } from '../spaces/carry-rules.ts';
import { limitsOf } from '../spaces/quota-limits.ts';
import { operationOf } from './asked-operation.ts';
import { clientSignal } from './client-signal.ts';
import { entryView } from './entry-view.ts';
import { filePathOf } from './file-path.ts';
import { identifyOperation, parseIdempotencyKey } from './idempotency.ts';
import { permitOperation } from './permit-operation.ts';
import { expectedOf } from './preconditions.ts';
import { type AcceptedOperation, runOperation } from './run-operation.ts';
import { purgeResultView } from './trash-view.ts';
import { formatVersionToken, VERSION_HEADER } from './version-token.ts';

export interface OperationRoutesOptions {
  readonly nodes: StorageNodes;
  readonly gatekeeper: Gatekeeper;
  readonly auth: AuthClient;
}

export async function operationRoutes(app: GatewayApp, options: OperationRoutesOptions): Promise<void> {
  const { gatekeeper } = options;
  app.delete(
    '/api/v1/spaces/:space/files/*',
    {
      onRequest: gatekeeper.grant('write'),
      schema: {
        tags: ['files'],
        summary: 'To the trash, a folder with all below it; also when nothing is there',
        security: fileSecurity,
        params: SpacePathParams,
        querystring: NoQuery,
        headers: WriteHeaders,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const path = filePathOf(request);
      const operation = { kind: 'delete', space: spaceOf(request).id, path, expected: expectedOf(request.headers) } as const;
      const { seq } = await run(options, request, { operation, signal: clientSignal(reply) });
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
        security: fileSecurity,
        params: SpaceParams,
        querystring: NoQuery,
        headers: WriteHeaders,
        body: FileOperation,
        response: { 200: Type.Union([Entry, PurgeResult]), ...problems },
      },
    },
    async (request, reply) => {
      const accepted = await run(options, request, {
        operation: operationOf(request.body, spaceOf(request).id),
        signal: clientSignal(reply),
      });
      const { replicas, seq, outcome } = accepted;
      reply.headers({ 'x-netstore-replicas': `${replicas.durable}/${replicas.total}`, [VERSION_HEADER]: formatVersionToken(seq) });
      if (!('purged' in outcome)) return entryOf(accepted);
      request.log.info({ space: spaceOf(request).id, user: spaceOf(request).userId, ...outcome.purged }, 'deleted for good');
      return purgeResultView(outcome.purged);
    },
  );
}

interface Asked {
  readonly operation: Operation;
  /** Of the questions before the commit: the commit itself goes on when the client has gone. */
  readonly signal: AbortSignal;
}

async function run(
  { nodes, auth }: OperationRoutesOptions,
  request: FastifyRequest,
  { operation: asked, signal }: Asked,
): Promise<AcceptedOperation> {
  const space = spaceOf(request);
  const { userId: author, actor } = space;
  const identity = identifyOperation({ actor, key: parseIdempotencyKey(request.headers), asked: [request.method, asked] });
  const requestId = request.id;
  const permitted = await permitOperation(nodes, { requestId, space, identity, operation: asked, signal });
  const { from } = permitted;
  // Not part of what was asked: a request is the same one after its quota was changed.
  const operation: Operation = permitted.operation.kind === 'copy' ? { ...permitted.operation, ...limitsOf(space) } : permitted.operation;
  const commit = (): Promise<AcceptedOperation> => runOperation(nodes, { requestId, author, identity, operation });
  if (operation.kind !== 'move' && operation.kind !== 'restore') return commit();
  const { to, ifExists, kind } = operation;
  if (from === undefined || to === null || to === from) return commit();
  const onEndUnheard = (err: unknown): void =>
    request.log.warn({ err, space: space.id }, 'how a move ended was not heard: rules that it carried stay at both paths');
  const move = { requestId, space, identity, from, to, ifExists, how: kind === 'move' ? 'moved' : 'restored' } as const;
  return carryRules({ auth, nodes, onEndUnheard }, move, commit);
}

function entryOf({ outcome }: AcceptedOperation): Entry {
  if (outcome.entry === null) throw new NetStoreError('NS_INTERNAL', 'An operation was accepted without an entry');
  return entryView(outcome.entry);
}
