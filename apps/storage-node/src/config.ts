/** What a storage node is told by its environment. Read once, checked as a whole, frozen. */
import { EnvReader, LOG_LEVELS, type LogLevel, type NodeAddress } from '@netstore/service-kit';
import type { NodeId } from '@netstore/shared-types';

export type { NodeAddress };

/** A cluster is three nodes: two of three is what every promise is counted by. */
const NODE_COUNT = 3;
const DAY_MS = 86_400_000;

export interface Config {
  /** Which of `nodes` this process is. */
  readonly nodeId: NodeId;
  /** All nodes, alike on each of them. The first is the primary: put the machine with the best disk there. */
  readonly nodes: readonly NodeAddress[];
  readonly dataDir: string;
  /** `automatic`: another node takes over when the primary is silent for two seconds. `manual`: it waits for `netstore promote`. */
  readonly failover: 'automatic' | 'manual';
  /** How long a node that comes earlier in `nodes` has to be caught up before the primary gives way to it. Short: more switching. */
  readonly preferAfterMs: number;
  /** Where the wire protocol listens. Beyond loopback only with `allowInsecureWire`, until certificates can be configured. */
  readonly wire: { readonly host: string; readonly port: number };
  /** Where `/livez`, `/readyz` and `/metrics` answer. */
  readonly health: { readonly host: string; readonly port: number };
  /** Shared by all nodes and gateways: whoever has it is of the cluster. */
  readonly clusterKey: Buffer;
  readonly allowInsecureWire: boolean;
  /** Blobs synced side by side: most of the threads that Node has for files (`UV_THREADPOOL_SIZE`); the others serve the log and reads. */
  readonly syncsAtOnce: number;
  /** Every copy is read again within this time. Shorter finds rot sooner and reads the disk more: all of it twice in a period. */
  readonly scrubPeriodMs: number;
  /** How long deleted files can be restored. Longer forgives more, shorter gives the room back sooner. Of the primary's setting. */
  readonly trashGraceMs: number;
  readonly logLevel: LogLevel;
}

/** Throws `NS_CONFIG_INVALID` with every problem. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const reader = new EnvReader(env);
  const nodes = reader.nodes('NETSTORE_NODES');
  const nodeId = reader.text('NETSTORE_NODE_ID') as NodeId;
  const own = nodes.find((node) => node.id === nodeId);
  if (nodes.length > 0 && nodes.length !== NODE_COUNT) reader.problem(`NETSTORE_NODES names ${nodes.length} nodes: expected ${NODE_COUNT}`);
  if (nodes.length > 0 && nodeId !== ('' as NodeId) && own === undefined) {
    reader.problem(`NETSTORE_NODE_ID is ${nodeId}: expected one of ${nodes.map((node) => node.id).join(', ')}`);
  }
  const config: Config = {
    nodeId,
    nodes,
    dataDir: reader.text('NETSTORE_DATA_DIR'),
    failover: reader.choice('NETSTORE_FAILOVER', ['automatic', 'manual'] as const, 'automatic'),
    preferAfterMs: reader.integer('NETSTORE_PREFERRED_AFTER_MS', { default: 60_000, min: 500, max: 86_400_000 }),
    wire: {
      host: reader.text('NETSTORE_WIRE_HOST', { default: '127.0.0.1' }),
      port: reader.integer('NETSTORE_WIRE_PORT', { default: own?.port ?? 0, min: 0, max: 65_535 }),
    },
    health: {
      host: reader.text('NETSTORE_HEALTH_HOST', { default: '127.0.0.1' }),
      port: reader.integer('NETSTORE_HEALTH_PORT', { default: 0, min: 0, max: 65_535 }),
    },
    clusterKey: reader.keyFile('NETSTORE_CLUSTER_KEY_FILE'),
    allowInsecureWire: reader.flag('NETSTORE_ALLOW_INSECURE_WIRE'),
    syncsAtOnce: Math.max(1, Math.floor(reader.integer('UV_THREADPOOL_SIZE', { default: 4, min: 1, max: 1024 }) * 0.75)),
    scrubPeriodMs: reader.integer('NETSTORE_SCRUB_DAYS', { default: 30, min: 1, max: 3650 }) * DAY_MS,
    trashGraceMs: Math.ceil(reader.decimal('NETSTORE_TRASH_DAYS', { default: 30, min: 0, max: 3650 }) * DAY_MS),
    logLevel: reader.choice('NETSTORE_LOG_LEVEL', LOG_LEVELS, 'info'),
  };
  reader.finish();
  return Object.freeze(config);
}
