/** `/v1/spaces/:space/moves`: asked by the gateway before and after it moves a folder, so that rules follow it. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { parseFilePath, parseUserId, RulesMove, RulesMoved, RulesMoveEnd } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import { NoQuery } from '../http.ts';
import type { Schema } from '../schema.ts';
import type { RuleMoves } from './rule-moves.ts';
import { accessOf, isManager, noSuchSpace } from './space-access.ts';
import { SpaceParams } from './space-routes.ts';
import { findSpace, type SpaceRow } from './space-store.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly moves: RuleMoves;
  readonly changes: Changes;
}

export const moveRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, moves, changes }) => {
  app.post(
    '/v1/spaces/:space/moves',
    { schema: { querystring: NoQuery, params: SpaceParams, body: RulesMove, response: { 200: RulesMoved } } },
    async (request) => {
      const space = await requireSpace(db, request.params.space);
      const hasRules = await moves.begin(space.id, await readMove(db, space, request.body));
      if (hasRules) changes.announce({ kind: 'space', name: space.name });
      return { hasRules };
    },
  );

  app.post(
    '/v1/spaces/:space/moves/end',
    { schema: { querystring: NoQuery, params: SpaceParams, body: RulesMoveEnd, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const space = await requireSpace(db, request.params.space);
      const hasChanged = await moves.end(space.id, await readMove(db, space, request.body));
      if (hasChanged) changes.announce({ kind: 'space', name: space.name });
      return reply.code(204).send(null);
    },
  );
};

async function requireSpace(db: Kysely<Schema>, name: string): Promise<SpaceRow> {
  const space = await findSpace(db, name);
  if (space === undefined) throw noSuchSpace();
  return space;
}

/** Who manages is found before the transaction, which nothing else can be asked in. */
async function readMove<Move extends RulesMove | RulesMoveEnd>(
  db: Kysely<Schema>,
  space: SpaceRow,
  { userId, mayManage, ...move }: Move,
): Promise<Omit<Move, 'userId' | 'mayManage'> & { readonly isManager: boolean }> {
  const isManaging = mayManage && isManager(await accessOf(db, space, parseUserId(userId)));
  return { ...move, from: parseFilePath(move.from), to: parseFilePath(move.to), isManager: isManaging };
}
