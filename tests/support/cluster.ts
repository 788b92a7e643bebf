/**
 * A whole cluster for one test or measurement: the real launcher on a folder of its own, with free ports and one administrator. Services that die
 * stay down unless `NETSTORE_RESTART` is set to `always`, so that a test decides when they come back.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Session } from '@netstore/shared-types';
import { waitUntil } from './wait-until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_DEADLINE_MS = 60_000;
const SERVICE_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 40_000;
const LOG_CHARACTERS_MAX = 200_000;

export type ServiceName = 'auth' | 'gateway' | 'node-1' | 'node-2' | 'node-3';

export interface RunEntry {
  readonly pid: number;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}
export type HttpEntry = RunEntry & { readonly url: string };
export type NodeEntry = RunEntry & { readonly id: string; readonly wire: string; readonly health: string; readonly dataDir: string };

export interface Run {
  readonly gateway: HttpEntry;
  readonly auth: HttpEntry;
  readonly nodes: readonly NodeEntry[];
}

export interface ClusterOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that outlives the cluster; without it there is one that ends with it. */
  readonly dataDir?: string;
}

/** Each part of the environment may be needed by the launcher; a developer's own NetStore settings would change what is tested. */
function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NETSTORE_')));
}

/** Resolves when a file can be uploaded; otherwise rejects with the last lines of the log. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'netstore-cluster-'));
  const launcher = spawn(process.execPath, [join(ROOT, 'apps/launcher/src/main.ts')], {
    cwd: ROOT,
    env: {
      ...cleanEnv(),
      NETSTORE_DATA_DIR: dataDir,
      NETSTORE_HTTP_PORT: '0',
      NETSTORE_RESTART: 'never',
      NETSTORE_ADMIN_USERNAME: Cluster.admin.username,
      NETSTORE_ADMIN_PASSWORD: Cluster.admin.password,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const cluster = new Cluster(launcher, dataDir, options.dataDir === undefined);
  try {
    await waitUntil('the cluster is ready', READY_DEADLINE_MS, () => {
      if (launcher.exitCode !== null) throw new Error(`The launcher ended with exit code ${launcher.exitCode}`);
      return /^NetStore is ready at /m.test(cluster.log);
    });
    return cluster;
  } catch (cause) {
    await cluster[Symbol.asyncDispose]();
    throw new Error(`The cluster did not start: ${String(cause)}\n${cluster.log.slice(-8_000)}`, { cause });
  }
}

export class Cluster implements AsyncDisposable {
  static readonly admin = { username: 'admin', password: 'an administrator of tests' } as const;

  readonly dataDir: string;
  /** What the launcher and the services it started printed, the last part of it. */
  log = '';
  readonly #launcher: ChildProcess;
  readonly #isTemporary: boolean;
  readonly #byHand = new Map<ServiceName, ChildProcess>();

  constructor(launcher: ChildProcess, dataDir: string, isTemporary: boolean) {
    this.#launcher = launcher;
    this.dataDir = dataDir;
    this.#isTemporary = isTemporary;
    this.#collect(launcher);
  }

  /** `run.json` as it is now. */
  get run(): Run {
    return JSON.parse(readFileSync(join(this.dataDir, 'run.json'), 'utf8'));
  }

  get url(): string {
    return this.run.gateway.url;
  }

  /** The process that runs a service now, or ran it last. */
  pid(service: ServiceName): number {
    return this.#byHand.get(service)?.pid ?? this.#entry(service).pid;
  }

  /** An access token of the administrator, or of another user. */
  async signIn(user: { readonly username: string; readonly password: string } = Cluster.admin): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: user.username, password: user.password }),
    });
    if (answer.status !== 201) throw new Error(`Signing in: expected 201, got ${answer.status}: ${await answer.text()}`);
    const session = (await answer.json()) as Session;
    return session.accessToken;
  }

  /** Sends a signal; for one that ends the process, resolves when it is gone. */
  async kill(service: ServiceName, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const pid = this.pid(service);
    process.kill(pid, signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    await waitUntil(`${service} is gone`, SERVICE_DEADLINE_MS, () => !isAlive(pid));
  }

  /** Starts a dead service as `run.json` says, by hand; resolves when it answers `/readyz` with 200. */
  async restart(service: ServiceName): Promise<void> {
    await this.spawn(service);
    await this.untilReady(service);
  }

  /** Like `restart`, without waiting. */
  async spawn(service: ServiceName): Promise<void> {
    if (isAlive(this.pid(service))) throw new Error(`${service} is running: it must be killed before it is started again`);
    const { argv, cwd, env } = this.#entry(service);
    const [command, ...args] = argv;
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#collect(child);
    this.#byHand.set(service, child);
    await once(child, 'spawn');
  }

  async untilReady(service: ServiceName): Promise<void> {
    const entry = this.#entry(service);
    const health = `${'health' in entry ? entry.health : entry.url}/readyz`;
    await waitUntil(`${health} of ${service} answers 200`, SERVICE_DEADLINE_MS, async () => {
      const answer = await fetch(health, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.status === 200;
    });
  }

  /** Ends the launcher without a word to the services, as a crash does. */
  killLauncher(): void {
    this.#launcher.kill('SIGKILL');
  }

  /** Stops everything cleanly; resolves with the launcher's exit code. */
  async stop(): Promise<number | null> {
    const exitCode = await end(this.#launcher);
    await Promise.all(Array.from(this.#byHand.values(), end));
    return exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (this.#isTemporary) rmSync(this.dataDir, { recursive: true, force: true });
  }

  #entry(service: ServiceName): HttpEntry | NodeEntry {
    const { run } = this;
    const entry = service === 'auth' || service === 'gateway' ? run[service] : run.nodes.find(({ id }) => id === service);
    if (entry === undefined) throw new Error(`run.json has no ${service}`);
    return entry;
  }

  #collect(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('readable', () => {
        this.log = (this.log + (stream.read() ?? '')).slice(-LOG_CHARACTERS_MAX);
      });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
  return child.exitCode;
}
