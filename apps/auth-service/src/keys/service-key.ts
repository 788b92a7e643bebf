/**
 * Lets in the gateway alone, which proves itself by the service key. All that is done through it is in the audit; whoever could come here with a
 * token of his own would act on no record, and could name any address as his.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { NetStoreError, SERVICE_KEY_HEADER } from '@netstore/shared-types';
import type { FastifyInstance } from 'fastify';

/** For probes, for what collects metrics, and for whoever verifies something that was signed here. They do nothing and say nothing of anybody. */
export const OPEN_ROUTES: readonly string[] = ['/livez', '/readyz', '/metrics', '/.well-known/jwks.json'];

/** Before the first route is added, so that every other route is refused without the key, and new ones are too. */
export function requireServiceKey(app: FastifyInstance, key: Buffer): void {
  const expected = digestOf(key.toString('hex'));
  app.addHook('onRequest', async ({ headers, routeOptions }) => {
    if (routeOptions.url !== undefined && OPEN_ROUTES.includes(routeOptions.url)) return;
    const presented = headers[SERVICE_KEY_HEADER];
    if (presented === undefined)
      throw new NetStoreError('NS_UNAUTHENTICATED', 'The service key is missing: only the gateway is answered here');
    // Digests have equal lengths, so that the comparison takes the same time whatever was sent.
    if (!timingSafeEqual(digestOf(String(presented).toLowerCase()), expected)) {
      throw new NetStoreError('NS_UNAUTHENTICATED', 'The service key is wrong');
    }
  });
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
