/** The other nodes of the configuration and how to reach them. */
import { type Incarnation, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Channel } from '@netstore/wire-protocol';
import { type Connection, ConnectionPool, connectTo } from '@netstore/wire-transport';
import type { NodeAddress } from '../config.ts';
import type { Identity } from '../membership/identity.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const POOL_CONNECTIONS_MAX = 32;
const POOL_IDLE_MS = 30_000;
const POOL_WAITERS_MAX = 256;

export interface DialOptions {
  /** A blank disk is spoken to as well: it may be asked to belong to the cluster. */
  readonly isBlankWelcome?: boolean;
}

export interface Peer {
  readonly id: NodeId;
  /** Connections for conversations: blobs. */
  readonly pool: ConnectionPool;
  /** A connection of its own, for control or the log stream. */
  dial(channel: Channel, signal: AbortSignal, options?: DialOptions): Promise<Connection>;
}

export interface PeersOptions {
  readonly nodeId: NodeId;
  readonly nodes: readonly NodeAddress[];
  readonly key: Buffer;
  /** Undefined while this node is blank. */
  readonly identity: () => Identity | undefined;
  /** Takes note of the disk that answered; throws when it is blank. */
  readonly see: (nodeId: NodeId, incarnation: Incarnation | null) => void;
}

export class Peers implements AsyncDisposable {
  readonly all: readonly Peer[];

  constructor(options: PeersOptions) {
    this.all = options.nodes.filter((node) => node.id !== options.nodeId).map((node) => makePeer(node, options));
  }

  get(id: NodeId): Peer | undefined {
    return this.all.find((peer) => peer.id === id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((peer) => peer.pool[Symbol.asyncDispose]()));
  }
}

function makePeer(node: NodeAddress, options: PeersOptions): Peer {
  const dial = async (channel: Channel, signal: AbortSignal, { isBlankWelcome = false }: DialOptions = {}): Promise<Connection> => {
    const identity = options.identity();
    const connection = await connectTo({
      host: node.host,
      port: node.port,
      key: options.key,
      self: { role: 'node', nodeId: options.nodeId, clusterId: identity?.clusterId ?? null, incarnation: identity?.incarnation ?? null },
      expect: { nodeId: node.id },
      channel,
      timeoutMs: CONNECT_TIMEOUT_MS,
      signal,
    });
    // A blank node talks to blank nodes: that is how a cluster forms.
    const isBlank = connection.peer.incarnation === null;
    if (identity !== undefined && !(isBlank && isBlankWelcome)) seeOrDestroy(connection, node.id, options);
    return connection;
  };
  const pool = new ConnectionPool({
    connect: (signal) => dial('conversation', signal),
    connectionsMax: POOL_CONNECTIONS_MAX,
    idleTimeoutMs: POOL_IDLE_MS,
    waitersMax: POOL_WAITERS_MAX,
  });
  return { id: node.id, pool, dial };
}

function seeOrDestroy(connection: Connection, nodeId: NodeId, options: PeersOptions): void {
  try {
    options.see(nodeId, connection.peer.incarnation);
  } catch (error) {
    connection.destroy(toNetStoreError(error));
    throw error;
  }
}
