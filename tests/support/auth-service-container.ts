/** An auth service for one suite, from its image. The same interface as the process in `auth-service.ts`, whose place it takes. */
import { randomBytes } from 'node:crypto';
import type { AuthService } from './auth-service.ts';
import { docker } from './container-engine.ts';
import { type ServiceContainer, startServiceContainer } from './service-container.ts';

const HTTP_PORT = 8081;
const KEY_FILE = '/secrets/service/service.key';

/** The cheapest passwords that the service accepts to make: suites sign in often. */
const CHEAP_PASSWORDS = { NETSTORE_ARGON2_MEMORY_KIB: '19456', NETSTORE_ARGON2_PASSES: '2', NETSTORE_ARGON2_LANES: '1' };

/** Resolves when it is ready. */
export async function startAuthService(env: Readonly<Record<string, string>> = {}): Promise<AuthService> {
  const service = new AuthServiceContainer();
  try {
    await service.start(env);
    return service;
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
}

class AuthServiceContainer implements AuthService {
  readonly serviceKey = randomBytes(32).toString('hex');
  readonly #volume = `netstore-test-${randomBytes(6).toString('hex')}`;
  /** The last one runs, unless it was stopped. */
  readonly #containers: ServiceContainer[] = [];
  #env: Readonly<Record<string, string>> = {};
  #isRunning = false;

  get url(): string {
    return this.#running.url;
  }

  get log(): string {
    return this.#containers.map((container) => container.log()).join('\n');
  }

  async start(env: Readonly<Record<string, string>>): Promise<void> {
    this.#env = env;
    const container = await startServiceContainer({
      service: 'auth-service',
      httpPort: HTTP_PORT,
      // The image listens beyond loopback, which the service must be told is meant; a suite that chooses the address tests the refusal.
      env: { ...('NETSTORE_AUTH_HOST' in env ? {} : { NETSTORE_ALLOW_INSECURE_WIRE: '1' }), ...CHEAP_PASSWORDS, ...env },
      secrets: { [KEY_FILE]: this.serviceKey },
      volume: this.#volume,
    });
    this.#containers.push(container);
    this.#isRunning = true;
  }

  async setupToken(): Promise<string> {
    return docker('exec', this.#running.id, 'cat', '/data/setup-token');
  }

  async restart(how: 'SIGTERM' | 'SIGKILL', env = this.#env): Promise<void> {
    await this.#end(how);
    await this.start(env);
  }

  async stop(): Promise<number | null> {
    return this.#isRunning ? await this.#end('SIGTERM') : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    docker('volume', 'rm', '--force', this.#volume);
  }

  get #running(): ServiceContainer {
    const container = this.#containers.at(-1);
    if (!this.#isRunning || container === undefined) throw new Error('The auth service is not running');
    return container;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
    const container = this.#running;
    this.#isRunning = false;
    return await container.end(signal);
  }
}
