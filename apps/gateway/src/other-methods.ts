/** Answers known routes with unknown methods: 405 and which methods there are, instead of pretending that nothing is there. */
import { NetStoreError } from '@netstore/shared-types';
import type { GatewayApp } from './gateway-app.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const ANSWERED = /^\/(?:api|content)\//;

const methodsOfApp = new WeakMap<GatewayApp, Map<string, Set<string>>>();

/** Before the first route is added. */
export function rememberMethods(app: GatewayApp): void {
  const methodsByUrl = new Map<string, Set<string>>();
  methodsOfApp.set(app, methodsByUrl);
  app.addHook('onRoute', ({ url, method }) => {
    const known = methodsByUrl.get(url) ?? new Set();
    methodsByUrl.set(url, known);
    for (const each of [method].flat()) known.add(each);
  });
}

/** After the last route was added. */
export function refuseOtherMethods(app: GatewayApp): void {
  for (const [url, known] of [...(methodsOfApp.get(app) ?? [])]) {
    const others = METHODS.filter((method) => !known.has(method));
    if (!ANSWERED.test(url) || others.length === 0) continue;
    const allow = [...known].join(', ');
    app.route({
      method: others,
      url,
      schema: { hide: true },
      // Before the body is looked at, which may be of any kind.
      onRequest: async (request, reply) => {
        reply.header('allow', allow);
        throw new NetStoreError('NS_METHOD_NOT_ALLOWED', `${request.method} is not known here: expected ${allow}`);
      },
      handler: () => undefined,
    });
  }
}
