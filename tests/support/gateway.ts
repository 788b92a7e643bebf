/**
 * A gateway for one suite, with a real auth service and three real storage nodes behind it. How it is run, as a process or from its image, is the
 * business of `gateway-process.ts` and `gateway-container.ts`.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '@netstore/shared-types';
import { type AuthService, startAuthService } from './auth-service.ts';
import { FileClient } from './file-client.ts';
import { type RunningGateway, runGateway } from './gateway-process.ts';
import { type StorageNodes, startStorageNodes } from './storage-nodes.ts';
import { waitUntil } from './wait-until.ts';

const READY_DEADLINE_MS = 20_000;
const LOG_CHARACTERS_MAX = 200_000;

export const ADMIN = { username: 'admin', password: 'an administrator of tests' } as const;

/** Resolves when a file can be uploaded. */
export async function startGateway(): Promise<Gateway> {
  await using stack = new AsyncDisposableStack();
  const auth = stack.use(await startAuthService({ NETSTORE_ADMIN_USERNAME: ADMIN.username, NETSTORE_ADMIN_PASSWORD: ADMIN.password }));
  const nodes = stack.use(await startStorageNodes());
  const gateway = stack.use(new Gateway(auth, nodes));
  await gateway.start();
  await gateway.untilReady();
  return Object.assign(gateway, { parts: stack.move() });
}

export class Gateway implements AsyncDisposable {
  readonly auth: AuthService;
  readonly nodes: StorageNodes;
  /** What it printed, the last part of it. */
  log = '';
  /** Everything that ends with it. */
  parts: AsyncDisposableStack | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'netstore-gateway-'));
  #running: RunningGateway | undefined;
  #url: string | undefined;

  constructor(auth: AuthService, nodes: StorageNodes) {
    this.auth = auth;
    this.nodes = nodes;
  }

  get url(): string {
    if (this.#url === undefined) throw new Error(`The gateway does not listen\n${this.log}`);
    return this.#url;
  }

  get pid(): number {
    return this.#running?.pid ?? 0;
  }

  /** Resolves when it listens, or has ended. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { nodes, auth } = this;
    this.log = '';
    this.#url = undefined;
    const running = await runGateway({
      folder: this.#folder,
      env: {
        NETSTORE_HTTP_HOST: '127.0.0.1',
        NETSTORE_HTTP_PORT: '0',
        NETSTORE_AUTH_URL: auth.url,
        NETSTORE_NODES: nodes.ids.map((id) => `${id}=${nodes.address(id).host}:${nodes.address(id).port}`).join(','),
        NETSTORE_CLUSTER_KEY_FILE: this.#keyFile('cluster', nodes.key.toString('hex')),
        NETSTORE_SERVICE_KEY_FILE: this.#keyFile('service', auth.serviceKey),
        NETSTORE_TICKET_KEY_FILE: this.#keyFile('ticket', randomBytes(32).toString('hex')),
        NETSTORE_LOG_LEVEL: 'debug',
        ...env,
      },
      onOutput: (text) => {
        this.log = (this.log + text).slice(-LOG_CHARACTERS_MAX);
        this.#url ??= /"url":"([^"]+)","msg":"listening"/.exec(this.log)?.[1];
      },
    });
    this.#running = running;
    await waitUntil('the gateway listens', READY_DEADLINE_MS, () => running.isOver || this.#url !== undefined);
  }

  async untilReady(): Promise<void> {
    await waitUntil('the gateway is ready', READY_DEADLINE_MS, async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  /** Resolves to the exit code when it has ended and its last words are in the log; to null when none was running. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const running = this.#running;
    this.#running = undefined;
    return (await running?.end(signal)) ?? null;
  }

  /** `route`: method and path below `/api/v1`. `proof`: an access token or an API key. */
  send(proof: string | undefined, route: string, body?: unknown): Promise<Response> {
    const [method = '', path = ''] = route.split(' ');
    const headers = new Headers(proof === undefined ? {} : { authorization: `Bearer ${proof}` });
    if (body !== undefined) headers.set('content-type', 'application/json');
    return fetch(`${this.url}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  async signIn(): Promise<string> {
    const answer = await this.send(undefined, 'POST /sessions', ADMIN);
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
