/** What every listing says of the state it shows: how new it is, and when it may be older than the present one. */
import type { FastifyReply } from 'fastify';
import { formatVersionToken, VERSION_HEADER } from './version-token.ts';

export function sayState(reply: FastifyReply, { appliedSeq, isStale }: { readonly appliedSeq: number; readonly isStale: boolean }): void {
  reply.headers({ 'cache-control': 'no-store', [VERSION_HEADER]: formatVersionToken(appliedSeq) });
  if (isStale) reply.header('x-netstore-stale', 'possibly');
}
