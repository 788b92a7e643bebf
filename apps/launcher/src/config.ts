/**
 * What the person who types `npm start` can choose, read once and frozen. Nothing below `main.ts` looks at the environment.
 * Settings of single services are not known here: every other `NETSTORE_*` variable is passed on to all of them unread.
 */
import { resolve } from 'node:path';
import { EnvReader } from '@netstore/service-kit/env';

export const NODE_COUNT = 3;

export interface PortWishes {
  /** 0: any free one, remembered like the others. */
  readonly http: number;
  readonly auth: number | undefined;
  /** One per node, in order; empty when nothing was asked for. */
  readonly wire: readonly number[];
  readonly health: readonly number[];
}

export interface LauncherConfig {
  /** Absolute. Everything that NetStore keeps on this machine lies below it. */
  readonly dataDir: string;
  /** Loopback unless asked: the gateway refuses other addresses without TLS until it is told that this is meant. */
  readonly httpHost: string;
  readonly ports: PortWishes;
  /** The first administrator, created without the set-up link. Ignored by the auth service once one exists. */
  readonly admin: { readonly username: string; readonly password: string } | undefined;
  /** `never` leaves a dead service down: for tests, and for people who look into why it died. */
  readonly restart: 'always' | 'never';
  /** What every service gets besides its own settings. Short on purpose: the rest of a shell's environment may hold secrets. */
  readonly passedOn: Readonly<Record<string, string>>;
}

const OWN_NAMES: ReadonlySet<string> = new Set([
  'NETSTORE_DATA_DIR',
  'NETSTORE_HTTP_PORT',
  'NETSTORE_HTTP_HOST',
  'NETSTORE_ADMIN_USERNAME',
  'NETSTORE_ADMIN_PASSWORD',
  'NETSTORE_ADMIN_PASSWORD_FILE',
  'NETSTORE_RESTART',
  'NETSTORE_AUTH_PORT',
  'NETSTORE_NODE_WIRE_PORTS',
  'NETSTORE_NODE_HEALTH_PORTS',
]);

const SYSTEM_NAMES: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'SYSTEMROOT',
  'TZ',
  'LANG',
  'LC_ALL',
  'NODE_EXTRA_CA_CERTS',
]);

/** `folder` is what a relative data directory is relative to. Throws one `NS_CONFIG_INVALID` that lists every problem. */
export function readConfig(env: NodeJS.ProcessEnv, folder: string): LauncherConfig {
  const reader = new EnvReader(env);
  const config: LauncherConfig = {
    dataDir: resolve(folder, reader.text('NETSTORE_DATA_DIR', { default: 'data' })),
    httpHost: reader.text('NETSTORE_HTTP_HOST', { default: '127.0.0.1' }),
    ports: {
      http: reader.integer('NETSTORE_HTTP_PORT', { default: 8080, min: 0, max: 65_535 }),
      auth:
        reader.optionalText('NETSTORE_AUTH_PORT') === undefined ? undefined : reader.integer('NETSTORE_AUTH_PORT', { min: 1, max: 65_535 }),
      wire: readPortList(reader, 'NETSTORE_NODE_WIRE_PORTS'),
      health: readPortList(reader, 'NETSTORE_NODE_HEALTH_PORTS'),
    },
    admin: readAdmin(reader),
    restart: reader.choice('NETSTORE_RESTART', ['always', 'never'], 'always'),
    passedOn: readPassedOn(env),
  };
  reader.finish();
  return Object.freeze(config);
}

function readPortList(reader: EnvReader, name: string): readonly number[] {
  const text = reader.optionalText(name);
  if (text === undefined) return [];
  const ports = text.split(',').map(Number);
  const isValid = ports.length === NODE_COUNT && ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535);
  if (!isValid) reader.problem(`${name}: expected ${NODE_COUNT} ports from 1 to 65535, separated by commas`);
  return ports;
}

function readAdmin(reader: EnvReader): LauncherConfig['admin'] {
  const username = reader.optionalText('NETSTORE_ADMIN_USERNAME');
  const password = reader.optionalSecret('NETSTORE_ADMIN_PASSWORD');
  if (username !== undefined && password !== undefined) return { username, password };
  if (username !== undefined || password !== undefined) {
    reader.problem('NETSTORE_ADMIN_USERNAME and NETSTORE_ADMIN_PASSWORD: expected both or neither');
  }
  return undefined;
}

function readPassedOn(env: NodeJS.ProcessEnv): Record<string, string> {
  const passedOn: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || OWN_NAMES.has(name)) continue;
    if (SYSTEM_NAMES.has(name.toUpperCase()) || name.startsWith('NETSTORE_')) passedOn[name] = value;
  }
  return passedOn;
}
