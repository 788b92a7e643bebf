/** Reads the environment of the auth service once; nothing below `main.ts` reads it again. */
import { isIP } from 'node:net';
import { EnvReader, LOG_LEVELS, type LogLevel } from '@netstore/service-kit';

/** OWASP's floor for argon2id: below it a stolen database is cheap to try passwords on. */
const MEMORY_KIB_FLOOR = 19 * 1024;
const PASSES_FLOOR = 2;

const USERNAME = /^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/;

export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface Config {
  /** Plain HTTP: only the gateway and probes come here, so a host that is not loopback needs the explicit permission. */
  readonly host: string;
  /** 0 takes a free port; the log says which. */
  readonly port: number;
  readonly dataDirectory: string;
  /** Proves that a request comes from the gateway. */
  readonly serviceKey: Buffer;
  /** Creates the first administrator when there is no user yet; ignored afterwards. */
  readonly firstAdmin: { readonly username: string; readonly password: string } | undefined;
  /** Where people reach NetStore, only for the hint about set-up in the log. */
  readonly publicUrl: string | undefined;
  /** More cost makes a stolen database worth less and every sign-in slower; two hashes at once use twice the memory. */
  readonly passwordCost: PasswordCost;
  readonly logLevel: LogLevel;
}

/** Throws `NS_CONFIG_INVALID` with every problem at once. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const env = new EnvReader(variables);
  const config: Config = {
    host: env.text('NETSTORE_AUTH_HOST', { default: '127.0.0.1' }),
    port: env.integer('NETSTORE_AUTH_PORT', { min: 0, max: 65_535 }),
    dataDirectory: env.text('NETSTORE_DATA_DIR'),
    serviceKey: env.keyFile('NETSTORE_SERVICE_KEY_FILE'),
    firstAdmin: readFirstAdmin(env),
    publicUrl: env.optionalText('NETSTORE_PUBLIC_URL'),
    passwordCost: {
      memoryKib: env.integer('NETSTORE_ARGON2_MEMORY_KIB', { default: 64 * 1024, min: MEMORY_KIB_FLOOR, max: 1024 * 1024 }),
      passes: env.integer('NETSTORE_ARGON2_PASSES', { default: 3, min: PASSES_FLOOR, max: 16 }),
      lanes: env.integer('NETSTORE_ARGON2_LANES', { default: 4, min: 1, max: 16 }),
    },
    logLevel: env.choice('NETSTORE_LOG_LEVEL', LOG_LEVELS, 'info'),
  };
  if (!isLoopback(config.host) && !env.flag('NETSTORE_ALLOW_INSECURE_WIRE')) {
    env.problem(
      `NETSTORE_AUTH_HOST is ${config.host}: passwords and tokens would cross the network in clear. Listen on 127.0.0.1, or set NETSTORE_ALLOW_INSECURE_WIRE=1 where the network is yours alone`,
    );
  }
  env.finish();
  return Object.freeze(config);
}

function readFirstAdmin(env: EnvReader): Config['firstAdmin'] {
  const username = env.optionalText('NETSTORE_ADMIN_USERNAME');
  const password = env.optionalSecret('NETSTORE_ADMIN_PASSWORD');
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    env.problem('NETSTORE_ADMIN_USERNAME and NETSTORE_ADMIN_PASSWORD (or NETSTORE_ADMIN_PASSWORD_FILE) only work together');
    return undefined;
  }
  if (!USERNAME.test(username)) env.problem('NETSTORE_ADMIN_USERNAME is not 1–32 characters of a-z, 0-9 and . _ - inside');
  return { username, password };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
