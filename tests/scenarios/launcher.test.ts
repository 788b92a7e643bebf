/** The launcher with the real services: what a person does with a terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cluster, type Run, startCluster } from '../support/cluster.ts';
import { netstore } from '../support/netstore-command.ts';
import { waitUntil } from '../support/wait-until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 60_000;

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'netstore-terminal-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function pidsOf({ auth, nodes, gateway }: Run): number[] {
  return [auth, ...nodes, gateway].map(({ pid }) => pid);
}

function addressesOf({ auth, nodes, gateway }: Run): string[] {
  return [auth.url, gateway.url, ...nodes.flatMap(({ wire, health }) => [wire, health])];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a stopped cluster leaves no process and no run.json, and comes back with the same accounts at the same addresses', async () => {
  let first: Run;
  {
    await using cluster = await startCluster({ dataDir });
    first = cluster.run;
    await cluster.signIn();
    expect(await cluster.stop()).toBe(0);
    expect(pidsOf(first).filter(isAlive)).toEqual([]);
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
  }
  await using again = await startCluster({ dataDir });
  await again.signIn();
  expect(addressesOf(again.run)).toEqual(addressesOf(first));
});

test('the netstore command finds a running cluster by its data directory, and says when none runs there', async () => {
  const status = ['status', '--data-dir', dataDir];
  {
    await using _cluster = await startCluster({ dataDir });
    const isHealthy = async (): Promise<boolean> => (await netstore(status)).exitCode === 0;
    await waitUntil('the command calls the cluster healthy', DEADLINE_MS, isHealthy);
    expect((await netstore(status)).stdout).toMatch(/^node-3 +secondary /m);
  }
  expect(await netstore(status)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('No cluster was found') });
  expect(await netstore(['fsck', join(dataDir, 'node-1')])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Clean.') });
});

test('when the launcher is killed the services end by themselves, and the next start waits for them', async () => {
  await using killed = await startCluster({ dataDir });
  const pids = pidsOf(killed.run);
  killed.killLauncher();
  await using next = await startCluster({ dataDir });
  expect(pids.filter(isAlive)).toEqual([]);
  await next.signIn();
});

test('a service that dies is back after a moment', async () => {
  await using cluster = await startCluster({ dataDir, env: { NETSTORE_RESTART: 'always' } });
  for (const service of ['gateway', 'auth', 'node-1', 'node-2'] as const) {
    const before = cluster.pid(service);
    await cluster.kill(service);
    await waitUntil(`${service} runs again`, DEADLINE_MS, () => cluster.pid(service) !== before && isAlive(cluster.pid(service)));
  }
  await cluster.untilReady('gateway');
  await signInWhenPossible(cluster);
});

/** A gateway that has just been told that auth is back may still refuse for a moment. */
async function signInWhenPossible(cluster: Cluster): Promise<void> {
  await waitUntil('signing in works', DEADLINE_MS, async () => (await cluster.signIn().catch(() => '')) !== '');
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s to npm start ends everything with exit code 0, also when it is repeated', async (signal) => {
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, NETSTORE_DATA_DIR: dataDir, NETSTORE_HTTP_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  npm.stdout.setEncoding('utf8').on('readable', () => {
    printed += npm.stdout.read() ?? '';
  });
  const ended = once(npm, 'exit');
  await waitUntil('npm start is ready', DEADLINE_MS, () => /^NetStore is ready at http:.*\n.*\/setup#token=\S+$/m.test(printed));
  npm.kill(signal);
  npm.kill(signal);
  expect(await ended).toEqual([0, null]);
  expect(printed).toContain('stopped');
});
