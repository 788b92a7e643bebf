/** The auth service as a process. The only file that reads the environment. */
import { createLogger, runService } from '@netstore/service-kit';
import { NetStoreError } from '@netstore/shared-types';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { AuthDatabase } from './database.ts';

/** Requests under way get this long at a stop; then their connections are cut, well before the process is. */
const DRAIN_MS = 5_000;

const logger = createLogger({ service: 'auth-service', level: 'info' });

await runService({
  service: 'auth-service',
  logger,
  start: async () => {
    const config = readConfig(process.env);
    logger.level = config.logLevel;
    await using stack = new AsyncDisposableStack();
    const database = stack.use(await AuthDatabase.open(config.dataDirectory, logger));
    const app = stack.use(await buildApp({ config, database, logger, now: Date.now }));
    stack.defer(() => void setTimeout(() => app.server.closeAllConnections(), DRAIN_MS).unref());
    await listen(app, config);
    return stack.move();
  },
});

async function listen(app: Awaited<ReturnType<typeof buildApp>>, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    const url = await app.listen({ host, port });
    logger.info({ url }, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new NetStoreError('NS_CONFIG_INVALID', `Port ${port} on ${host} is taken: expected a free one in NETSTORE_AUTH_PORT`, {
        cause: error,
      });
    }
    throw error;
  }
}
