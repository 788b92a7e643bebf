/**
 * `/livez` says that the process answers; `/readyz` says whether it can do its work, and if not why. Neither needs a sign-in
 * and neither says more than an operator's probe may know.
 */
import type { FastifyBaseLogger, FastifyTypeProvider } from 'fastify';
import type { App } from './problem.ts';

export interface Readiness {
  readonly ready: boolean;
  /** Plain sentences; empty when ready. */
  readonly reasons: readonly string[];
}

export interface HealthOptions {
  /** Must answer quickly: probes come every few seconds. A rejection counts as not ready. */
  readonly isReady: () => Promise<Readiness>;
}

export function registerHealth<Log extends FastifyBaseLogger, Types extends FastifyTypeProvider>(
  app: App<Log, Types>,
  { isReady }: HealthOptions,
): void {
  app.get('/livez', { logLevel: 'silent' }, (_request, reply) => {
    return reply.header('cache-control', 'no-store').send({ live: true });
  });
  app.get('/readyz', { logLevel: 'warn' }, async (request, reply) => {
    let readiness: Readiness;
    try {
      readiness = await isReady();
    } catch (error) {
      request.log.warn({ err: error }, 'readiness check failed');
      readiness = {
        ready: false,
        reasons: ['The readiness check itself failed; the log says why.'],
      };
    }
    return reply
      .code(readiness.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready: readiness.ready, reasons: readiness.reasons });
  });
}
