/** The kind of fastify app that every plugin of the gateway takes, and what a request carries on its way through it. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { Principal } from './auth/principal.ts';
import type { GrantedSpace } from './spaces/space-rights.ts';

export type GatewayApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `authenticate`, and by nothing else. */
    principal: Principal | null;
    /** Set by `grant`, and by nothing else. */
    space: GrantedSpace | null;
  }
}
