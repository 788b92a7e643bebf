/** Publishes the public keys, so that the gateway verifies tokens by itself. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { NoQuery } from '../http.ts';
import type { KeyRing } from './key-ring.ts';

const KeySet = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.Literal('OKP'),
      crv: Type.Literal('Ed25519'),
      use: Type.Literal('sig'),
      alg: Type.Literal('EdDSA'),
      kid: Type.String(),
      x: Type.String(),
    }),
  ),
});

export const jwksRoutes: FastifyPluginAsyncTypebox<{ ring: KeyRing }> = async (app, { ring }) => {
  app.get('/.well-known/jwks.json', { schema: { querystring: NoQuery, response: { 200: KeySet } } }, async (_request, reply) => {
    // Far below the hour by which a key is published before it signs.
    reply.header('cache-control', 'public, max-age=60');
    return { keys: ring.publicKeys() };
  });
};
