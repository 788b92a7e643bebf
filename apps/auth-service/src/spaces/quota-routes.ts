/** `/v1/users/:id/quota`: the most that all spaces of an owner may take together. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { OwnerQuota, parseUserId, QuotaChange } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import { NoQuery } from '../http.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import { requireOverseer } from './oversight.ts';
import { requireQuotaFits } from './quota-rules.ts';
import { quotaOf, setQuota } from './quota-store.ts';
import { idsOfSpacesOwnedBy } from './space-store.ts';
import { requireUserId } from './subjects.ts';

const UserParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{32}$' }) }, { additionalProperties: false });

interface Parts {
  readonly db: Kysely<Schema>;
  readonly authenticate: Authenticate;
  readonly changes: Changes;
}

export const quotaRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate, changes }) => {
  app.get(
    '/v1/users/:id/quota',
    { schema: { querystring: NoQuery, params: UserParams, response: { 200: OwnerQuota } } },
    async (request) => {
      const session = await authenticate(request);
      const { id } = request.params;
      if (session.userId !== id) await requireOverseer(db, session, 'look');
      const ownerId = parseUserId(id);
      await requireUserId(db, ownerId);
      return { bytesMax: await quotaOf(db, ownerId), spaces: await idsOfSpacesOwnedBy(db, ownerId) };
    },
  );

  app.put(
    '/v1/users/:id/quota',
    { schema: { querystring: NoQuery, params: UserParams, body: QuotaChange, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const session = await authenticate(request);
      await requireOverseer(db, session, 'change');
      const userId = parseUserId(request.params.id);
      await db.transaction().execute(async (transaction) => {
        await requireUserId(transaction, userId);
        await setQuota(transaction, userId, request.body.bytesMax);
        await requireQuotaFits(transaction, userId);
      });
      request.log.info({ userId: session.userId, owner: userId, bytesMax: request.body.bytesMax }, 'quota set');
      // Whoever writes in a space of this owner has been told the old limit.
      changes.announce({ kind: 'all' });
      return reply.code(204).send(null);
    },
  );
};
