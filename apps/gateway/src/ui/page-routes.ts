/**
 * Serves the built page: assets, whose names change with their content, for ever; the page itself never from a cache, and for
 * every address that the page may have. Names that cannot be assets or routes are answered like unknown routes.
 */
import { readdirSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import { NetStoreError } from '@netstore/shared-types';
import type { FastifyReply } from 'fastify';
import type { GatewayApp } from '../gateway-app.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Scripts, styles and pictures of the page come from here alone. `blob:` is what the page makes of bytes it fetched itself. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "object-src 'none'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** What never is a page: unknown names there are unknown, not a page that says so. */
const NOT_PAGES = /^(?:api|content|assets|livez|readyz|metrics)(?:\/|$)/;

export async function pageRoutes(app: GatewayApp, { webDir }: { readonly webDir: string }): Promise<void> {
  await app.register(fastifyStatic, { root: webDir, serve: false, cacheControl: false, dotfiles: 'deny', index: false });
  const rootFiles = new Set(filesIn(webDir));

  app.get('/assets/*', { schema: { hide: true } }, (request, reply) => {
    reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).header('cross-origin-resource-policy', 'same-origin');
    return reply.sendFile(`assets/${(request.params as { readonly '*': string })['*']}`);
  });
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    const name = (request.params as { readonly '*': string })['*'];
    if (NOT_PAGES.test(name)) throw new NetStoreError('NS_NOT_FOUND', 'Nothing is here that you may see');
    if (name !== 'index.html' && rootFiles.has(name)) return sendRootFile(reply, name);
    return reply.headers(PAGE_HEADERS).sendFile('index.html');
  });
}

function sendRootFile(reply: FastifyReply, name: string): FastifyReply {
  return reply.header('cache-control', 'no-cache').header('cross-origin-resource-policy', 'same-origin').sendFile(name);
}

/** The few files beside the page: its icon, its manifest. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  } catch (cause) {
    throw new NetStoreError('NS_CONFIG_INVALID', `NETSTORE_WEB_DIR cannot be read: ${folder}`, { cause });
  }
}
