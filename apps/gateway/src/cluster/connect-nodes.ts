/** Opens the ways to the configured nodes. Nothing is connected before it is first needed. */
import type { NodeAddress } from '@netstore/service-kit';
import { ConnectionPool, connectTo } from '@netstore/wire-transport';
import { NodeLink } from './node-link.ts';
import { StorageNodes } from './storage-nodes.ts';

/** On one network this takes milliseconds; a node that needs longer is as good as down. */
const CONNECT_WITHIN_MS = 2_000;

export function connectNodes(addresses: readonly NodeAddress[], clusterKey: Buffer): StorageNodes {
  return new StorageNodes(addresses.map((address) => new NodeLink(address.id, poolTo(address, clusterKey))));
}

function poolTo({ id, host, port }: NodeAddress, key: Buffer): ConnectionPool {
  const self = { role: 'gateway', nodeId: null, clusterId: null, incarnation: null } as const;
  return new ConnectionPool({
    connect: (signal) =>
      connectTo({ host, port, key, self, expect: { nodeId: id }, channel: 'conversation', timeoutMs: CONNECT_WITHIN_MS, signal }),
  });
}
