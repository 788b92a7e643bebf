/**
 * An auth service for one suite, as a process on a folder and a free port of its own. Suites use the interface alone, so that they run the same
 * against anything else that can be started, restarted and asked for its set-up token.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';

const MAIN = fileURLToPath(new URL('../../apps/auth-service/src/main.ts', import.meta.url));
const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 15_000;
const LOG_LINES_MAX = 5_000;

/** The cheapest passwords that the service accepts to make: suites sign in often. */
const CHEAP_PASSWORDS = { NETSTORE_ARGON2_MEMORY_KIB: '19456', NETSTORE_ARGON2_PASSES: '2', NETSTORE_ARGON2_LANES: '1' };

export interface AuthService extends AsyncDisposable {
  /** Without a slash at the end; another one after a restart. */
  readonly url: string;
  /** What the gateway would send as `x-netstore-service-key`. */
  readonly serviceKey: string;
  /** Where it keeps its data, if that can be looked at. */
  readonly dataDir?: string;
  /** Everything it has logged. */
  readonly log: string;
  setupToken(): Promise<string>;
  /** Stops it, or kills it without a chance to say goodbye, and starts it on the same data, with other settings if there are any. */
  restart(how: 'SIGTERM' | 'SIGKILL', env?: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Resolves when it listens. */
export async function startAuthService(env: Readonly<Record<string, string>> = {}): Promise<AuthService> {
  const service = new AuthServiceProcess(mkdtempSync(join(tmpdir(), 'netstore-auth-')));
  try {
    await service.start(env);
    return service;
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
}

class AuthServiceProcess implements AuthService {
  readonly dataDir: string;
  readonly serviceKey = randomBytes(32).toString('hex');
  readonly #folder: string;
  readonly #keyFile: string;
  readonly #lines: string[] = [];
  #env: Readonly<Record<string, string>> = {};
  #child: ChildProcess | undefined;
  #url = '';

  constructor(folder: string) {
    this.#folder = folder;
    this.dataDir = join(folder, 'data');
    this.#keyFile = join(folder, 'service.key');
    writeFileSync(this.#keyFile, `${this.serviceKey}\n`, { mode: 0o600 });
  }

  get url(): string {
    return this.#url;
  }

  get log(): string {
    return this.#lines.join('\n');
  }

  async start(env: Readonly<Record<string, string>>): Promise<void> {
    this.#env = env;
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env['PATH'],
        ...COMPILE_CACHE,
        NETSTORE_AUTH_PORT: '0',
        NETSTORE_DATA_DIR: this.dataDir,
        NETSTORE_SERVICE_KEY_FILE: this.#keyFile,
        ...CHEAP_PASSWORDS,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#url = await this.#listening(child);
  }

  async setupToken(): Promise<string> {
    return (await readFile(join(this.dataDir, 'setup-token'), 'utf8')).trim();
  }

  async restart(how: 'SIGTERM' | 'SIGKILL', env = this.#env): Promise<void> {
    await this.#end(how);
    await this.start(env);
  }

  async stop(): Promise<number | null> {
    return await this.#end('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(how: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    child.kill(how);
    await once(child, 'exit', { signal: AbortSignal.timeout(STOP_DEADLINE_MS) });
    return child.exitCode;
  }

  /** Reads the log for as long as the process runs; resolves to the address in it, rejects when the process ends first. */
  #listening(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      if (child.stdout === null) return reject(new Error('The process was started without a pipe for its log'));
      const deadline = setTimeout(() => reject(new Error(`Not listening after ${START_DEADLINE_MS} ms\n${this.log}`)), START_DEADLINE_MS);
      const lines = createInterface({ input: child.stdout });
      lines.on('line', (line) => {
        this.#lines.push(line);
        if (this.#lines.length > LOG_LINES_MAX) this.#lines.shift();
        const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
        if (msg === 'listening' && url !== undefined) resolve(url);
      });
      lines.on('close', () => {
        clearTimeout(deadline);
        reject(new Error(`The process ended\n${this.log}`));
      });
    });
  }
}
