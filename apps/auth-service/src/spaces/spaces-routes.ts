/** All routes about spaces, as a table of contents. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Kysely } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { endingRoutes } from './ending-routes.ts';
import { grantRoutes } from './grant-routes.ts';
import { moveRoutes } from './move-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import { RuleMoves } from './rule-moves.ts';
import { spaceListRoutes } from './space-list-routes.ts';
import { spaceRoutes } from './space-routes.ts';
import { viewerRoutes } from './viewer-routes.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly authenticate: Authenticate;
  readonly sessions: Sessions;
  readonly changes: Changes;
  readonly now: Clock;
}

export const spacesRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, parts) => {
  const moves = new RuleMoves(parts);
  await app.register(spaceListRoutes, parts);
  await app.register(spaceRoutes, parts);
  await app.register(endingRoutes, parts);
  await app.register(grantRoutes, { ...parts, moves });
  await app.register(viewerRoutes, parts);
  await app.register(quotaRoutes, parts);
  await app.register(moveRoutes, { ...parts, moves });
};
