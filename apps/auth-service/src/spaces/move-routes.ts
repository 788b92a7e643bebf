/** `/v1/spaces/:space/moves`: asked by the gateway before and after it moves a folder, so that rules follow it. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { NetStoreError, parseFilePath, parseUserId, RulesMove, RulesMoved, RulesMoveEnd } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import { NoQuery } from '../http.ts';
import type { ServiceKey } from '../keys/service-key.ts';
import type { Schema } from '../schema.ts';
import type { RuleMoves } from './rule-moves.ts';
import { accessOf, isManager, noSuchSpace } from './space-access.ts';
import { SpaceParams } from './space-routes.ts';
import { findSpace, type SpaceRow } from './space-store.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly serviceKey: ServiceKey;
  readonly moves: RuleMoves;
  readonly changes: Changes;
}

export const moveRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, serviceKey, moves, changes }) => {
  app.post(
    '/v1/spaces/:space/moves',
    { schema: { querystring: NoQuery, params: SpaceParams, body: RulesMove, response: { 200: RulesMoved } } },
    async (request) => {
      serviceKey.require(request);
      const space = await requireSpace(db, request.params.space);
      const move = { ...request.body, from: parseFilePath(request.body.from), to: parseFilePath(request.body.to) };
      if (!(await moves.hasRules(space.id, move.from))) return { hasRules: false };
      if (!move.mayManage || !isManager(await accessOf(db, space, parseUserId(move.userId)))) {
        throw new NetStoreError('NS_FORBIDDEN', 'Folders with rules in them are moved by managers of the space');
      }
      await moves.begin(space.id, move);
      changes.announce({ kind: 'space', name: space.name });
      return { hasRules: true };
    },
  );

  app.post(
    '/v1/spaces/:space/moves/end',
    { schema: { querystring: NoQuery, params: SpaceParams, body: RulesMoveEnd, response: { 204: Type.Null() } } },
    async (request, reply) => {
      serviceKey.require(request);
      const space = await requireSpace(db, request.params.space);
      await moves.end(space.id, { ...request.body, from: parseFilePath(request.body.from), to: parseFilePath(request.body.to) });
      changes.announce({ kind: 'space', name: space.name });
      return reply.code(204).send(null);
    },
  );
};

async function requireSpace(db: Kysely<Schema>, name: string): Promise<SpaceRow> {
  const space = await findSpace(db, name);
  if (space === undefined) throw noSuchSpace();
  return space;
}
