/** A gateway for one suite, as a process, with a real auth service and three real storage nodes behind it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Session } from '@netstore/shared-types';
import { type AuthService, startAuthService } from '../../support/auth-service.ts';
import { FileClient } from '../../support/file-client.ts';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { waitUntil } from '../../support/wait-until.ts';

const MAIN = fileURLToPath(new URL('../../../apps/gateway/src/main.ts', import.meta.url));
const READY_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 15_000;
const LOG_CHARACTERS_MAX = 200_000;

export const ADMIN = { username: 'admin', password: 'an administrator of tests' } as const;

/** Resolves when a file can be uploaded. */
export async function startGateway(): Promise<GatewayProcess> {
  await using stack = new AsyncDisposableStack();
  const auth = stack.use(await startAuthService({ NETSTORE_ADMIN_USERNAME: ADMIN.username, NETSTORE_ADMIN_PASSWORD: ADMIN.password }));
  const nodes = stack.use(await startStorageNodes());
  const gateway = stack.use(new GatewayProcess(auth, nodes));
  await gateway.start();
  await gateway.untilReady();
  return Object.assign(gateway, { parts: stack.move() });
}

export class GatewayProcess implements AsyncDisposable {
  readonly auth: AuthService;
  readonly nodes: StorageNodes;
  /** What it printed, the last part of it. */
  log = '';
  /** Everything that ends with it. */
  parts: AsyncDisposableStack | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'netstore-gateway-'));
  #child: ChildProcess | undefined;

  constructor(auth: AuthService, nodes: StorageNodes) {
    this.auth = auth;
    this.nodes = nodes;
  }

  get url(): string {
    const url = [...this.log.matchAll(/"url":"([^"]+)","msg":"listening"/g)].at(-1)?.[1];
    if (url === undefined) throw new Error(`The gateway does not listen\n${this.log}`);
    return url;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when it listens, or has ended. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { nodes, auth } = this;
    this.log = '';
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env['PATH'],
        NETSTORE_HTTP_PORT: '0',
        NETSTORE_AUTH_URL: auth.url,
        NETSTORE_NODES: nodes.ids.map((id) => `${id}=${nodes.address(id).host}:${nodes.address(id).port}`).join(','),
        NETSTORE_CLUSTER_KEY_FILE: this.#keyFile('cluster', nodes.key.toString('hex')),
        NETSTORE_SERVICE_KEY_FILE: this.#keyFile('service', auth.serviceKey),
        NETSTORE_TICKET_KEY_FILE: this.#keyFile('ticket', randomBytes(32).toString('hex')),
        NETSTORE_LOG_LEVEL: 'debug',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('readable', () => {
        this.log = (this.log + (stream.read() ?? '')).slice(-LOG_CHARACTERS_MAX);
      });
    }
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
    await waitUntil('the gateway listens', READY_DEADLINE_MS, () => isOver() || this.log.includes('"msg":"listening"'));
  }

  async untilReady(): Promise<void> {
    await waitUntil('the gateway is ready', READY_DEADLINE_MS, async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  /** Resolves to the exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    await once(child, 'exit', { signal: AbortSignal.timeout(STOP_DEADLINE_MS) });
    return child.exitCode;
  }

  async signIn(): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    if (answer.status !== 201) throw new Error(`Sign-in: expected 201, got ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as Session).accessToken;
  }

  async client(): Promise<FileClient> {
    return new FileClient(this.url, await this.signIn());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.#folder, { recursive: true, force: true });
    const { parts } = this;
    this.parts = undefined;
    await parts?.disposeAsync();
  }

  #keyFile(name: string, hex: string): string {
    const path = join(this.#folder, `${name}.key`);
    writeFileSync(path, hex, { mode: 0o600 });
    return path;
  }
}
