/** The audit, for admins and auditors: the auth service decides and answers, and the gateway passes on. */
import type { Readable } from 'node:stream';
import { AuditExportQuery, AuditPage, AuditQuery } from '@netstore/shared-types';
import { Type } from 'typebox';
import type { AuthClient } from '../auth/auth-client.ts';
import { type Gatekeeper, sessionOf } from '../auth/authenticate.ts';
import { clientSignal } from '../files/client-signal.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { problems } from '../route-schemas.ts';

/** A stream, which no schema describes. */
const Audit = Type.Unsafe<Readable>({ type: 'string' });
const common = { tags: ['audit'], security: [{ accessToken: [] }] };

export async function auditRoutes(
  app: GatewayApp,
  { auth, gatekeeper }: { readonly auth: AuthClient; readonly gatekeeper: Gatekeeper },
): Promise<void> {
  const onRequest = gatekeeper.requireSession;
  app.get(
    '/api/v1/audit',
    {
      onRequest,
      schema: { ...common, summary: 'What was done, the latest first', querystring: AuditQuery, response: { 200: AuditPage, ...problems } },
    },
    async (request) => {
      const query = new URLSearchParams(Object.entries(request.query).map(([name, value]) => [name, String(value)]));
      const { accessToken } = sessionOf(request);
      return (await auth.passOn({ method: 'GET', path: `/v1/audit?${query}`, accessToken })) as AuditPage;
    },
  );
  app.get(
    '/api/v1/audit/export',
    {
      onRequest,
      schema: {
        ...common,
        summary: 'All of it: JSON lines that can be verified offline, or CSV for spreadsheets',
        querystring: AuditExportQuery,
        response: {
          200: { description: 'The whole audit', content: { 'application/x-ndjson': { schema: Audit }, 'text/csv': { schema: Audit } } },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { format } = request.query;
      const body = await auth.exportAudit(format, sessionOf(request).accessToken, clientSignal(reply));
      const [type, name] = format === 'json' ? ['application/x-ndjson', 'audit.jsonl'] : ['text/csv; charset=utf-8', 'audit.csv'];
      reply.header('content-disposition', `attachment; filename="${name}"`).type(type);
      return reply.send(body);
    },
  );
}
