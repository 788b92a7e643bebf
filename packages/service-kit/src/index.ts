export { EnvReader, type NodeAddress } from './env.ts';
export {
  type HealthOptions,
  type Readiness,
  registerHealth,
} from './health.ts';
export { type RunOptions, runService } from './lifecycle.ts';
export {
  createLogger,
  LOG_LEVELS,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.ts';
export { createMetrics, type Metrics, registerMetrics } from './metrics.ts';
export { answerProblem, registerProblems } from './problem.ts';
export {
  checkpointSqlite,
  type Database,
  openSqlite,
  type SqliteOptions,
} from './sqlite.ts';
