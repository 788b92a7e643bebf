import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';

const KIT = new URL('./index.ts', import.meta.url).href;
const ERRORS = new URL('../../shared-types/src/index.ts', import.meta.url).href;

/** Runs a service whose `start` has this body in a process of its own: signals and exit codes cannot be tried in this one. */
function runChild(startBody: string): ChildProcess {
  const program = `
    import { createLogger, runService } from ${JSON.stringify(KIT)};
    import { NetStoreError } from ${JSON.stringify(ERRORS)};
    setInterval(() => {}, 1000);
    const logger = createLogger({ service: 'trial', level: 'info' });
    await runService({ service: 'trial', logger, start: async (signal) => { ${startBody} } });
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

async function finish(child: ChildProcess, onLine?: (line: string) => unknown): Promise<{ code: number; log: string }> {
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    onLine?.(text);
  });
  // `close` is not emitted after the parent closed the IPC channel.
  const [[code]] = (await Promise.all([once(child, 'exit'), child.stdout && once(child.stdout, 'end')])) as [[number], unknown];
  return { code, log };
}

const DISPOSABLE = `return { [Symbol.asyncDispose]: async () => { logger.info('disposed'); } };`;

describe('runService', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('disposes once and exits with 0 on %s, however often it comes', async (signal) => {
    const child = runChild(DISPOSABLE);
    const { code, log } = await finish(child, (line) => {
      if (line.includes('"started"')) for (let i = 0; i < 3; i += 1) child.kill(signal);
    });
    expect(code).toBe(0);
    expect(log.match(/"disposed"/g)).toHaveLength(1);
  });

  test('stops when the IPC channel of its launcher closes', async () => {
    const child = runChild(DISPOSABLE);
    const { code, log } = await finish(child, (line) => line.includes('"started"') && child.disconnect());
    expect(code).toBe(0);
    expect(log).toContain('disposed');
  });

  test('aborts a start that is under way when it is asked to stop', async () => {
    const child = runChild(
      `logger.info('starting'); await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));`,
    );
    const { code } = await finish(child, (line) => line.includes('"starting"') && child.kill('SIGTERM'));
    expect(code).toBe(0);
  });

  test('says in one plain line why it cannot start, and exits with 1', async () => {
    const { code, log } = await finish(runChild(`throw new NetStoreError('NS_DATA_DIRECTORY', 'The disk is gone.');`));
    expect(code).toBe(1);
    expect(log.trim().split('\n')).toHaveLength(1);
    expect(log).toContain('trial cannot start. The disk is gone.');
    expect(log).not.toContain('stack');
  });

  test('exits with 78 when the configuration is wrong', async () => {
    const { code } = await finish(runChild(`throw new NetStoreError('NS_CONFIG_INVALID', 'PORT is not set');`));
    expect(code).toBe(78);
  });

  test.each([
    ['an uncaught exception', `setTimeout(() => { throw new Error('planted'); }, 0);`],
    ['an unhandled rejection', `setTimeout(() => { Promise.reject(new Error('planted')); }, 0);`],
  ])('exits with 1 on %s', async (_what, plant) => {
    const { code, log } = await finish(runChild(`${plant} ${DISPOSABLE}`));
    expect(code).toBe(1);
    expect(log).toContain('planted');
    expect(log).toContain('"level":"fatal"');
  });
});
