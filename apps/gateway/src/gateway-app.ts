/** The kind of fastify app that every plugin of the gateway takes, and what a request carries on its way through it. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { ErrorCode, FilePath, UserId } from '@netstore/shared-types';
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { Holder, Principal } from './auth/principal.ts';
import type { OpenShare } from './shares/share-gate.ts';
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
    /** Asked for by `filePathOf`, and by nothing else. */
    filePath: FilePath | null;
    /** For the audit, where not the URL says what is asked for: a ticket does, a share session or a link. */
    named: { readonly holder: Holder; readonly userId: UserId | null; readonly space: string; readonly path: string | null } | null;
    /** Of an audited route: notes how it ended, once. For answers that are written past fastify, which hears nothing of their end. */
    noteOutcome: ((outcome: 'ok' | ErrorCode) => void) | null;
    /** Set by `ShareGate`, and by nothing else. */
    share: OpenShare | null;
  }
}
