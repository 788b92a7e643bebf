/**
 * The life of a service process, from start to exit code:
 *
 *   0    asked to stop (SIGTERM, SIGINT, closed IPC channel of the launcher) and stopped within the deadline
 *   1    could not start, did not stop in time, or a defect: an uncaught exception or an unhandled rejection
 *   78   the configuration is wrong (EX_CONFIG of sysexits.h): starting it again will not help
 *
 * This is the only place that ends a process. Nothing here knows what the service does.
 */
import { toNetStoreError } from '@netstore/shared-types';
import type { Logger } from './logger.ts';

const STOP_DEADLINE_MS = 10_000;
const EXIT_CONFIG = 78;

export interface RunOptions {
  readonly service: string;
  readonly logger: Logger;
  /** Resolves when the service can be used; the signal aborts when it is asked to stop before that. */
  readonly start: (signal: AbortSignal) => Promise<AsyncDisposable>;
}

/** Resolves never: the process ends inside. */
export async function runService({ service, logger, start }: RunOptions): Promise<void> {
  process.on('uncaughtException', (error) => endFatally(logger, error));
  process.on('unhandledRejection', (reason) => endFatally(logger, reason));

  const stopping = new AbortController();
  const askToStop = (reason: string): void => {
    // Signals are repeated by terminals and supervisors; the first one counts.
    if (stopping.signal.aborted) return;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.error({ deadlineMs: STOP_DEADLINE_MS }, 'did not stop in time');
      process.exit(1);
    }, STOP_DEADLINE_MS).unref();
    stopping.abort();
  };
  process.on('SIGTERM', () => askToStop('SIGTERM'));
  process.on('SIGINT', () => askToStop('SIGINT'));
  process.on('disconnect', () => askToStop('the launcher is gone'));
  if (process.send !== undefined && !process.connected) askToStop('the launcher is gone');

  const running = await startOrExit({ service, logger, start }, stopping.signal);
  logger.info('started');
  // What starting left behind would stay for minutes in an idle process. Only where the runtime was asked to offer it.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  await aborted(stopping.signal);
  try {
    await running[Symbol.asyncDispose]();
  } catch (error) {
    return endFatally(logger, error);
  }
  logger.info('stopped');
  process.exit(0);
}

async function startOrExit({ service, logger, start }: RunOptions, signal: AbortSignal): Promise<AsyncDisposable> {
  try {
    return await start(signal);
  } catch (thrown) {
    if (signal.aborted) {
      logger.info('stopped before it had started');
      process.exit(0);
    }
    const error = toNetStoreError(thrown);
    // The stack goes to debug: whoever reads the fatal line wants to know what to put right, not where it was noticed.
    logger.debug({ err: thrown }, 'start failed');
    logger.fatal({ code: error.code, ...error.details }, `${service} cannot start. ${error.message}`);
    process.exit(error.code === 'NS_CONFIG_INVALID' ? EXIT_CONFIG : 1);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function endFatally(logger: Logger, error: unknown): never {
  logger.fatal({ err: error }, 'defect: the process ends');
  process.exit(1);
}
