/**
 * Real processes, but stand-ins for the services: what is under test is the running, not the storing. A stand-in notes when it is asked to stop,
 * and the gateway's answers `/readyz`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClusterRun, runCluster } from './run-cluster.ts';
import type { RunFile } from './run-file.ts';
import type { ServicePlan, ServiceSpec } from './service-plan.ts';
import { Terminal } from './terminal.ts';

const WAIT = { timeout: 10_000, interval: 20 };

let folder = '';
let gatewayPort = 0;
let printed = '';
let stopping = new AbortController();
let running: Promise<void> = Promise.resolve();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netstore-launcher-'));
  gatewayPort = await freePort();
  printed = '';
  stopping = new AbortController();
});

afterEach(async () => {
  stopping.abort();
  await running.catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function standIn(name: string, script = ''): ServiceSpec {
  const stops = `process.on('SIGTERM', () => { require('fs').appendFileSync('stopped', '${name}\\n'); process.exit(0); });`;
  const ends = `process.on('disconnect', () => process.exit(0)); require('fs').appendFileSync('started', process.pid + '\\n');`;
  const argv = [process.execPath, '-e', `${stops}${ends}setInterval(() => {}, 1000);${script}`] as const;
  return { name, argv, cwd: folder, env: { NETSTORE_KEY_FILE: '/a/path' }, unrecordedEnv: { NETSTORE_ADMIN_PASSWORD: 'not to be seen' } };
}

/** A process that is told to stop before it listens for signals just ends, and notes nothing. */
function whenAllStarted(script: string): string {
  const countStarted = `require('fs').readFileSync('started', 'latin1').trim().split('\\n').length`;
  return `const timer = setInterval(() => { if (${countStarted} >= 5) { clearInterval(timer); ${script} } }, 20);`;
}

function plan(scripts: Readonly<Record<string, string>> = {}): ServicePlan {
  const url = `http://127.0.0.1:${gatewayPort}`;
  const answers = `require('http').createServer((_, answer) => answer.end()).listen(${gatewayPort}, '127.0.0.1');`;
  return {
    auth: { ...standIn('auth', scripts['auth']), url: 'http://127.0.0.1:1' },
    nodes: ['node-1', 'node-2', 'node-3'].map((name) => ({
      ...standIn(name, scripts[name]),
      wire: '127.0.0.1:2',
      health: 'http://127.0.0.1:3',
      dataDir: join(folder, name),
    })),
    gateway: { ...standIn('gateway', scripts['gateway'] ?? whenAllStarted(answers)), url },
  };
}

function run(services: ServicePlan, restart: ClusterRun['restart'] = 'always'): Promise<void> {
  const output = new PassThrough();
  output.setEncoding('utf8').on('readable', () => {
    printed += output.read() ?? '';
  });
  const directory = { runFile: join(folder, 'run.json'), setupTokenFile: join(folder, 'setup-token') };
  running = runCluster({ plan: services, directory, terminal: new Terminal(output, {}), restart }, stopping.signal);
  return running;
}

const runFile = (): RunFile => JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
const untilReady = (): Promise<unknown> => vi.waitUntil(() => printed.includes('NetStore is ready'), WAIT);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a cluster that starts', () => {
  test('says so once, on a line of its own, with the set-up link when there is one', async () => {
    writeFileSync(join(folder, 'setup-token'), 'abc_-1\n');
    void run(plan());
    await untilReady();
    await vi.waitUntil(() => printed.includes('#token='), WAIT);
    expect(printed.split('\n').filter((line) => line === `NetStore is ready at http://127.0.0.1:${gatewayPort}`)).toHaveLength(1);
    expect(printed).toMatch(new RegExp(`^\\S.* http://127\\.0\\.0\\.1:${gatewayPort}/setup#token=abc_-1$`, 'm'));
  });

  test('is recorded with everything that starting one service by hand needs, and without secrets', async () => {
    void run(plan());
    await untilReady();
    const content = runFile();
    const entries = [content.auth, ...content.nodes, content.gateway];
    expect(entries.every(({ pid }) => isAlive(pid))).toBe(true);
    expect(new Set(entries.map(({ pid }) => pid)).size).toBe(5);
    expect(content.nodes[1]).toEqual({
      id: 'node-2',
      pid: expect.any(Number),
      wire: '127.0.0.1:2',
      health: 'http://127.0.0.1:3',
      dataDir: join(folder, 'node-2'),
      argv: plan().nodes[1]?.argv,
      cwd: folder,
      env: { NETSTORE_KEY_FILE: '/a/path' },
    });
    expect(readFileSync(join(folder, 'run.json'), 'utf8')).not.toContain('not to be seen');
  });

  test('stops the gateway first, then the nodes, then auth, and removes the record', async () => {
    const ended = run(plan());
    await untilReady();
    const { auth } = runFile();
    stopping.abort();
    stopping.abort();
    await ended;
    const order = readFileSync(join(folder, 'stopped'), 'utf8').trim().split('\n');
    expect([order[0], order.slice(1, 4).sort(), order[4]]).toEqual(['gateway', ['node-1', 'node-2', 'node-3'], 'auth']);
    expect(isAlive(auth.pid)).toBe(false);
    expect(() => runFile()).toThrow('ENOENT');
  });

  test('stops cleanly also while it is not ready yet', async () => {
    const ended = run(plan({ gateway: 'setInterval(() => {}, 1000)' }));
    await vi.waitUntil(() => runFile().auth.pid, WAIT);
    stopping.abort();
    await expect(ended).resolves.toBeUndefined();
    expect(printed).not.toContain('is ready');
  });
});

describe('a service that dies', () => {
  test('is started again after a second, which is said and recorded', async () => {
    void run(plan());
    await untilReady();
    const before = runFile();
    const [node] = before.nodes;
    process.kill(node?.pid ?? 0, 'SIGKILL');
    const diedAt = performance.now();
    await vi.waitUntil(() => runFile().nodes[0]?.pid !== node?.pid, WAIT);
    expect(performance.now() - diedAt).toBeGreaterThan(900);
    expect(isAlive(runFile().nodes[0]?.pid ?? 0)).toBe(true);
    expect(printed).toContain('launcher | node-1 was ended by SIGKILL; it is started again in 1 s\n');
    expect(runFile().gateway.pid).toBe(before.gateway.pid);
  });

  test('stays down when restarts are off, and the others stay up', async () => {
    void run(plan(), 'never');
    await untilReady();
    const before = runFile();
    process.kill(before.auth.pid, 'SIGKILL');
    await vi.waitUntil(() => printed.includes('auth was ended by SIGKILL; it stays down'), WAIT);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(runFile()).toEqual(before);
    expect([...before.nodes, before.gateway].every(({ pid }) => isAlive(pid))).toBe(true);
  });

  test('before the cluster was ever ready stops everything, with the reason it gave', async () => {
    const fatal = JSON.stringify({ level: 'fatal', msg: 'the disk is on fire' });
    const ended = run(plan({ 'node-3': whenAllStarted(`console.log('${fatal}'); process.exit(1);`), gateway: '' }));
    await expect(ended).rejects.toThrow('node-3 ended with exit code 1: the disk is on fire');
    expect(readFileSync(join(folder, 'stopped'), 'utf8').trim().split('\n').sort()).toEqual(['auth', 'gateway', 'node-1', 'node-2']);
    expect(() => runFile()).toThrow('ENOENT');
  });

  test('with an exit code that asks for another start is started again, also before the cluster was ever ready', async () => {
    const once = `const fs = require('fs'); if (!fs.existsSync('again')) { fs.writeFileSync('again', ''); process.exit(75); }`;
    void run(plan({ 'node-2': whenAllStarted(once) }));
    await untilReady();
    expect(printed).toContain('launcher | node-2 ended with exit code 75; it is started again in 1 s\n');
  });

  test('that asks for another start again and again cannot start', async () => {
    const ended = run(plan({ 'node-2': 'process.exit(75);', gateway: '' }));
    await expect(ended).rejects.toThrow('node-2 ended with exit code 75');
  }, 20_000);

  test('because its program is not there is reported like any other that cannot start', async () => {
    const services = plan();
    const ended = run({ ...services, auth: { ...services.auth, argv: [join(folder, 'nothing-here')] } });
    await expect(ended).rejects.toThrow(/^auth could not be run: .*ENOENT/);
  });
});
