/** Every way between the processes of a cluster as a proxy of its own, so that a test can part whom it wants from whom. */
import type { NodeId } from '@netstore/shared-types';
import { FaultProxy, type ProxyFaults, type ProxyTarget, type WireFaults } from './fault-proxy.ts';

/** A node, or a gateway by its number. */
export type Party = NodeId | `gateway-${number}`;

const HELD: WireFaults = { isHeld: true };

export class Links implements AsyncDisposable {
  readonly #proxies: ReadonlyMap<string, FaultProxy>;

  private constructor(proxies: ReadonlyMap<string, FaultProxy>) {
    this.#proxies = proxies;
  }

  /** One for each party that dials and each node that it dials. */
  static async between(parties: readonly Party[], targets: ReadonlyMap<NodeId, ProxyTarget>, seed: string): Promise<Links> {
    const proxies = new Map<string, FaultProxy>();
    for (const from of parties) {
      for (const [to, target] of targets) {
        if (from !== to) proxies.set(`${from}>${to}`, await FaultProxy.start(target, `${seed} ${from}>${to}`));
      }
    }
    return new Links(proxies);
  }

  /** The way that `from` dials. */
  link(from: Party, to: NodeId): FaultProxy {
    const proxy = this.#proxies.get(`${from}>${to}`);
    if (proxy === undefined) throw new Error(`There is no way from ${from} to ${to}`);
    return proxy;
  }

  /** Whatever `from` sends to `to` is lost, on the connections of either. */
  cutOneWay(from: Party, to: Party): void {
    const own = this.#proxies.get(`${from}>${to}`);
    const others = this.#proxies.get(`${to}>${from}`);
    if (own !== undefined) own.faults = { toServer: HELD };
    if (others !== undefined) others.faults = { toClient: HELD };
  }

  cut(one: Party, other: Party): void {
    for (const key of [`${one}>${other}`, `${other}>${one}`]) {
      const proxy = this.#proxies.get(key);
      if (proxy !== undefined) proxy.faults = { toServer: HELD, toClient: HELD };
    }
  }

  /** From every other node, and from the gateways too unless told otherwise. */
  isolate(node: NodeId, { fromGateways = true } = {}): void {
    for (const other of this.parties) {
      if (other !== node && (fromGateways || !other.startsWith('gateway'))) this.cut(node, other);
    }
  }

  /** The same faults on every way of which `isOn` says so. */
  spoil(faults: ProxyFaults, isOn: (from: Party, to: NodeId) => boolean = () => true): void {
    for (const [key, proxy] of this.#proxies) {
      const [from, to] = key.split('>') as [Party, NodeId];
      if (isOn(from, to)) proxy.faults = faults;
    }
  }

  heal(): void {
    this.spoil({});
  }

  /** Every connection breaks; new ones are made at once. */
  resetAll(): void {
    for (const proxy of this.#proxies.values()) proxy.resetAll();
  }

  get parties(): readonly Party[] {
    return [...new Set([...this.#proxies.keys()].flatMap((key) => key.split('>') as Party[]))];
  }

  /** Bits turned over on all ways. */
  get flipped(): number {
    return this.#proxies.values().reduce((sum, proxy) => sum + proxy.flipped, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#proxies.values().map((proxy) => proxy[Symbol.asyncDispose]()));
  }
}
