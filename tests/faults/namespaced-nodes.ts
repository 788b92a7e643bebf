/** The nodes, each with an address of its own in a namespace of its own. */
import type { NodeId } from '@netstore/shared-types';
import type { FaultNetwork } from '../support/fault-network.ts';
import { StorageNodes } from '../support/storage-nodes.ts';

export class NamespacedNodes extends StorageNodes {
  readonly #network: FaultNetwork;

  constructor(network: FaultNetwork, ...nodes: ConstructorParameters<typeof StorageNodes>) {
    super(...nodes);
    this.#network = network;
  }

  override address(id: NodeId): { readonly host: string; readonly port: number } {
    return { ...super.address(id), host: this.#network.address(this.ids.indexOf(id)) };
  }

  override start(id: NodeId, env: Readonly<Record<string, string>> = {}, through: readonly string[] = []): void {
    // The address is nobody's but the test's.
    super.start(id, { NETSTORE_WIRE_HOST: this.address(id).host, NETSTORE_ALLOW_INSECURE_WIRE: '1', ...env }, through);
  }
}
