/** The gateway as a process. The only file that reads the environment. */
import { createLogger, runService } from '@netstore/service-kit';
import { NetStoreError } from '@netstore/shared-types';
import { buildApp } from './app.ts';
import { connectNodes } from './cluster/connect-nodes.ts';
import { type GatewayConfig, readConfig } from './config.ts';
import type { GatewayApp } from './gateway-app.ts';

/** Transfers under way get this long at a stop; then their connections are cut, well before the process is. */
const DRAIN_MS = 5_000;

const logger = createLogger({ service: 'gateway', level: 'info' });

await runService({
  service: 'gateway',
  logger,
  start: async () => {
    const config = readConfig(process.env);
    logger.level = config.logLevel;
    await using stack = new AsyncDisposableStack();
    const nodes = stack.use(connectNodes(config.nodes, config.clusterKey));
    const app = stack.use(await buildApp({ config, logger, nodes }));
    stack.defer(() => void setTimeout(() => app.server.closeAllConnections(), DRAIN_MS).unref());
    await listen(app, config);
    return stack.move();
  },
});

async function listen(app: GatewayApp, { httpHost: host, httpPort: port }: GatewayConfig): Promise<void> {
  try {
    const url = await app.listen({ host, port });
    logger.info({ url }, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new NetStoreError('NS_CONFIG_INVALID', `Port ${port} on ${host} is taken: expected a free one in NETSTORE_HTTP_PORT`, {
        cause: error,
      });
    }
    throw error;
  }
}
