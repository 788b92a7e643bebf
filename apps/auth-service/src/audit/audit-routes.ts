/** The audit over HTTP: gateways report, admins and auditors read. */
import { Readable } from 'node:stream';
import { AUDIT_BATCH_BYTES_MAX, AuditBatch, AuditExportQuery, type AuditPage, AuditQuery, type UserId } from '@netstore/shared-types';
import type { FastifyInstance } from 'fastify';
import { NoQuery } from '../http.ts';
import type { Authorize } from '../sessions/authenticate.ts';
import { exportCsv, exportJson } from './audit-export.ts';
import type { AuditLog } from './audit-log.ts';
import type { AuditStore } from './audit-store.ts';

const LIMIT_DEFAULT = 50;

export interface AuditRoutesOptions {
  readonly log: AuditLog;
  readonly store: AuditStore;
  readonly namesOf: (ids: readonly UserId[]) => Promise<ReadonlyMap<string, string>>;
  readonly authorize: Authorize;
}

export async function auditRoutes(app: FastifyInstance, { log, store, namesOf, authorize }: AuditRoutesOptions): Promise<void> {
  app.post<{ Body: AuditBatch }>(
    '/v1/audit/entries',
    {
      bodyLimit: AUDIT_BATCH_BYTES_MAX,
      schema: { querystring: NoQuery, body: AuditBatch },
    },
    async (request, reply) => {
      await log.keep(request.body);
      return reply.code(204).send();
    },
  );
  app.get<{ Querystring: AuditQuery }>('/v1/audit', { schema: { querystring: AuditQuery } }, async (request): Promise<AuditPage> => {
    await authorize.overseer(request);
    const { cursor, limit = LIMIT_DEFAULT, ...filter } = request.query;
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
    const rows = await store.page(filter, { before, limit: limit + 1 });
    const entries = rows.slice(0, limit);
    const subjects = new Set(entries.flatMap(({ subject }) => (subject === null ? [] : [subject as UserId])));
    const names = Object.fromEntries(await namesOf([...subjects]));
    return { entries, names, nextCursor: rows.length > limit ? String(entries.at(-1)?.seq) : null };
  });
  app.get<{ Querystring: AuditExportQuery }>('/v1/audit/export', { schema: { querystring: AuditExportQuery } }, async (request, reply) => {
    await authorize.overseer(request);
    const isJson = request.query.format === 'json';
    const upTo = await log.sign();
    reply.type(isJson ? 'application/x-ndjson' : 'text/csv; charset=utf-8');
    return reply.send(Readable.from(isJson ? exportJson(store, upTo) : exportCsv(store, upTo)));
  });
}
