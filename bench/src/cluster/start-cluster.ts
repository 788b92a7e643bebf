/** Starts a cluster of its own for the measurement, as `npm start` does, on the disk that is to be measured, and removes it and its data afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Credentials } from './netstore-client.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The first start also builds the page. */
const START_DEADLINE_MS = 120_000;
const READY_LINE = /NetStore is ready at (\S+)/;
/** What is shown of a start that failed. */
const LINES_KEPT_MAX = 40;

export interface StartedCluster extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  readonly credentials: Credentials;
}

/** `folder` is on the disk to measure; the cluster's data goes into a new folder inside it. */
export async function startCluster(folder: string, signal: AbortSignal): Promise<StartedCluster> {
  await using undo = new AsyncDisposableStack();
  await mkdir(folder, { recursive: true });
  const dataDir = await mkdtemp(join(folder, 'netstore-bench-'));
  undo.defer(() => rm(dataDir, { recursive: true, force: true }));

  const credentials = { username: 'bench', password: randomBytes(24).toString('base64url') };
  const launcher = spawn(process.execPath, [join(root, 'apps/launcher/src/main.ts')], {
    cwd: root,
    env: {
      ...withoutOwnSettings(process.env),
      NETSTORE_DATA_DIR: dataDir,
      NETSTORE_HTTP_PORT: '0',
      NETSTORE_ADMIN_USERNAME: credentials.username,
      NETSTORE_ADMIN_PASSWORD: credentials.password,
      NETSTORE_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches only this process, which then stops the cluster in its own order.
    detached: true,
  });
  undo.defer(() => stop(launcher));
  const url = await readyUrl(launcher, AbortSignal.any([signal, AbortSignal.timeout(START_DEADLINE_MS)]));
  const started = undo.move();
  return { url, dataDir, credentials, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** Settings of another cluster would change what is measured. */
function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('NETSTORE_')));
}

function readyUrl(launcher: ChildProcess, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines: string[] = [];
  const fail = (reason: string): void => reject(new Error(`The cluster did not start: ${reason}\n${lines.join('\n')}`));
  for (const stream of [launcher.stdout, launcher.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT_MAX) lines.shift();
      const url = READY_LINE.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  }
  launcher.once('error', (error) => fail(error.message));
  launcher.once('exit', (code, by) => fail(`the launcher ended with ${by ?? code}`));
  signal.addEventListener('abort', () => fail(String(signal.reason)), { once: true });
  return promise;
}

async function stop(launcher: ChildProcess): Promise<void> {
  if (launcher.exitCode !== null || launcher.signalCode !== null) return;
  const ended = once(launcher, 'exit');
  launcher.kill('SIGTERM');
  await ended;
}
