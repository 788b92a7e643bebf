/** One storage node as a process. The only file of it that reads the environment. */
import { createLogger, runService } from '@netstore/service-kit';
import { readConfig } from './config.ts';
import { startNode } from './node.ts';

const logger = createLogger({ service: 'storage-node', level: 'info' });

await runService({
  service: 'storage-node',
  logger,
  start: async (signal) => {
    const config = readConfig(process.env);
    logger.level = config.logLevel;
    return startNode(config, logger.child({ node: config.nodeId }), signal);
  },
});
