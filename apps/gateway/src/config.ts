/** The gateway's configuration: read, then decide. Nothing below `main.ts` looks at the environment. */
import { EnvReader, LOG_LEVELS, type LogLevel, type NodeAddress } from '@netstore/service-kit';

/** Where every node's copy counts: the design is for three, and nothing here depends on it. */
const NODES_MAX = 9;
const MIB = 1024 * 1024;

export interface GatewayConfig {
  /** Loopback by default: the gateway speaks plain HTTP, so more is for whoever puts TLS before it. */
  readonly httpHost: string;
  readonly httpPort: number;
  /** Origin of the auth service, without a trailing slash. */
  readonly authUrl: string;
  /** In order of preference: the first is asked first who the primary is. */
  readonly nodes: readonly NodeAddress[];
  readonly clusterKey: Buffer;
  readonly serviceKey: Buffer;
  readonly ticketKey: Buffer;
  /** The built page. Unset: the API alone is served. */
  readonly webDir: string | undefined;
  /** All bytes of uploads that wait for the nodes. More lets slow clients fill larger blobs; 16 MiB serve one upload at full speed. */
  readonly uploadMemoryBytes: number;
  /** Sends the refresh cookie over plain HTTP to other hosts than localhost too, where anybody on the way can read it. */
  readonly allowInsecureHttp: boolean;
  /** Addresses and networks whose `X-Forwarded-*` is believed. None by default: anybody could claim any address. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
}

export function readConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  const reader = new EnvReader(env);
  const config: GatewayConfig = {
    httpHost: reader.text('NETSTORE_HTTP_HOST', { default: '127.0.0.1' }),
    httpPort: reader.integer('NETSTORE_HTTP_PORT', { default: 8080, min: 0, max: 65_535 }),
    authUrl: reader.text('NETSTORE_AUTH_URL', { pattern: /^https?:\/\/[^/?#@]+\/?$/ }).replace(/\/$/, ''),
    nodes: reader.nodes('NETSTORE_NODES'),
    clusterKey: reader.keyFile('NETSTORE_CLUSTER_KEY_FILE'),
    serviceKey: reader.keyFile('NETSTORE_SERVICE_KEY_FILE'),
    ticketKey: reader.keyFile('NETSTORE_TICKET_KEY_FILE'),
    webDir: reader.optionalText('NETSTORE_WEB_DIR'),
    uploadMemoryBytes: reader.integer('NETSTORE_UPLOAD_MEMORY_MIB', { default: 128, min: 1, max: 65_536 }) * MIB,
    allowInsecureHttp: reader.flag('NETSTORE_ALLOW_INSECURE_HTTP'),
    trustedProxies: splitList(reader.optionalText('NETSTORE_TRUST_PROXY')),
    logLevel: reader.choice('NETSTORE_LOG_LEVEL', LOG_LEVELS, 'info'),
  };
  if (config.nodes.length > NODES_MAX)
    reader.problem(`NETSTORE_NODES names ${config.nodes.length} nodes, at most ${NODES_MAX} are possible`);
  const keys = [config.clusterKey, config.serviceKey, config.ticketKey].map((key) => key.toString('hex'));
  // Placeholders of unreadable keys are all alike: those problems are named already.
  const readable = keys.filter((key) => !/^0+$/.test(key));
  if (new Set(readable).size < readable.length) reader.problem('The cluster, service and ticket keys must differ from each other');
  reader.finish();
  return Object.freeze(config);
}

function splitList(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
