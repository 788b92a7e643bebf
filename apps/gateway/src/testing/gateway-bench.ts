/** A whole gateway on a free port, with a fake auth service and three fake nodes behind it: all over real sockets. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@netstore/service-kit';
import type { BlobId, NodeId } from '@netstore/shared-types';
import type { Listener } from '@netstore/wire-transport';
import { buildApp } from '../app.ts';
import { connectNodes } from '../cluster/connect-nodes.ts';
import type { GatewayConfig } from '../config.ts';
import type { GatewayApp } from '../gateway-app.ts';
import type { FakePerson } from './fake-access.ts';
import { FakeAuth } from './fake-auth.ts';
import { type FakeNodeState, type FakeRoles, startFakeNode } from './fake-node.ts';
import { FakeTree, nodeName } from './fake-tree.ts';

const NODES = 3;

export interface BenchOptions {
  readonly config?: Partial<GatewayConfig>;
  readonly manifestPageBlobs?: number;
}

export class GatewayBench implements AsyncDisposable {
  readonly auth = new FakeAuth();
  readonly tree = new FakeTree(NODES);
  readonly roles: FakeRoles = { primary: nodeName(0), epoch: 1 };
  readonly nodes: FakeNodeState[] = [];
  readonly alice: FakePerson = this.auth.person('alice', { 'home-alice': 'manager', shared: 'viewer' });
  readonly #key = randomBytes(32);
  readonly #listeners = new Map<NodeId, Listener>();
  readonly #ports = new Map<NodeId, number>();
  #app: GatewayApp | undefined;

  static async start(options: BenchOptions = {}): Promise<GatewayBench> {
    const bench = new GatewayBench();
    await bench.#start(options);
    return bench;
  }

  get app(): GatewayApp {
    if (this.#app === undefined) throw new Error('The bench has not been started');
    return this.#app;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
  }

  node(index: number): FakeNodeState {
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError(`There is no node ${index}`);
    return node;
  }

  /** With the token of `person`, by default Alice's. */
  fetch(path: string, init: RequestInit & { readonly person?: FakePerson; readonly duplex?: 'half' } = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${this.auth.token(init.person ?? this.alice)}`);
    return fetch(this.url + path, { redirect: 'error', ...init, headers });
  }

  /** Asks for one operation in a space. */
  operate(space: string, operation: object, init: RequestInit & { readonly person?: FakePerson } = {}): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) };
    return this.fetch(`/api/v1/spaces/${space}/operations`, { ...init, method: 'POST', headers, body: JSON.stringify(operation) });
  }

  /** Lets every node behave again. */
  resetNodes(): void {
    if (this.roles.primary !== nodeName(0)) this.takeOver(0);
    for (const node of this.nodes) {
      node.before = () => undefined;
      node.beforeAnswer = () => undefined;
      node.answersItself = false;
      node.damaged.clear();
      node.appliedSeq = Number.MAX_SAFE_INTEGER;
      node.roles = this.roles;
      node.frozen = undefined;
    }
  }

  /** The node says nothing from now on and believes what it believed, until the function it returns is called. */
  freeze(index: number): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const node = this.node(index);
    node.roles = { ...node.roles };
    node.frozen = promise;
    return resolve;
  }

  /** From now on this node is primary, in the next epoch. */
  takeOver(index: number): void {
    this.roles.primary = this.node(index).nodeId;
    this.roles.epoch += 1;
  }

  /** Blobs that no version refers to. */
  unreferenced(): Set<BlobId> {
    const referenced = new Set([...this.tree.manifests.keys()].flatMap((contentId) => this.tree.blobIdsOf(contentId)));
    return new Set([...this.node(0).blobs.keys()].filter((blobId) => !referenced.has(blobId)));
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  }

  async stopNode(index: number): Promise<void> {
    const { nodeId } = this.node(index);
    await this.#listeners.get(nodeId)?.[Symbol.asyncDispose]();
    this.#listeners.delete(nodeId);
  }

  async startStopped(): Promise<void> {
    for (const [index, { nodeId }] of this.nodes.entries()) if (!this.#listeners.has(nodeId)) await this.startNode(index);
  }

  async startNode(index: number): Promise<void> {
    const state = this.node(index);
    const listener = await startFakeNode(state, { key: this.#key, port: this.#ports.get(state.nodeId) ?? 0 });
    this.#listeners.set(state.nodeId, listener);
    this.#ports.set(state.nodeId, listener.address.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#app?.server.closeAllConnections();
    await this.#app?.close();
    await Promise.all([...this.#listeners.values()].map((listener) => listener[Symbol.asyncDispose]()));
    await this.auth[Symbol.asyncDispose]();
  }

  async #start({ config, manifestPageBlobs = 1024 }: BenchOptions): Promise<void> {
    await this.auth.start();
    for (let index = 0; index < NODES; index += 1) {
      this.nodes.push(this.#newNode(nodeName(index), manifestPageBlobs));
      await this.startNode(index);
    }
    const logger = createLogger({ service: 'gateway', level: 'silent' });
    const settled = this.#config(config ?? {});
    const nodes = connectNodes(settled.nodes, settled.clusterKey);
    this.#app = await buildApp({ config: settled, logger, nodes });
    this.#app.addHook('onClose', () => nodes[Symbol.asyncDispose]());
    await this.#app.listen({ host: settled.httpHost, port: 0 });
  }

  #newNode(nodeId: NodeId, manifestPageBlobs: number): FakeNodeState {
    return {
      nodeId,
      tree: this.tree,
      roles: this.roles,
      frozen: undefined,
      blobs: new Map<BlobId, Buffer>(),
      damaged: new Set(),
      before: () => undefined,
      beforeAnswer: () => undefined,
      answersItself: false,
      replicate: (blobId, bytes) => {
        for (const node of this.nodes) node.blobs.set(blobId, bytes);
      },
      manifestPageBlobs,
      appliedSeq: Number.MAX_SAFE_INTEGER,
    };
  }

  #config(changes: Partial<GatewayConfig>): GatewayConfig {
    return {
      httpHost: '127.0.0.1',
      httpPort: 0,
      authUrl: this.auth.origin,
      nodes: this.nodes.map(({ nodeId }) => ({ id: nodeId, host: '127.0.0.1', port: this.#ports.get(nodeId) ?? 0 })),
      clusterKey: this.#key,
      serviceKey: randomBytes(32),
      ticketKey: randomBytes(32),
      webDir: undefined,
      uploadMemoryBytes: 128 * 1024 * 1024,
      allowInsecureHttp: false,
      trustedProxies: [],
      logLevel: 'silent',
      ...changes,
    };
  }
}
