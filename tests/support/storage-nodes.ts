/**
 * Three storage nodes as processes on folders and free ports of their own, without auth service or gateway: what a suite
 * needs that speaks the wire protocol itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeId } from '@netstore/shared-types';
import type { Status } from '@netstore/wire-protocol';
import { COMPILE_CACHE } from './compile-cache.ts';
import { waitUntil } from './wait-until.ts';
import { WireClient } from './wire-client.ts';

const MAIN = fileURLToPath(new URL('../../apps/storage-node/src/main.ts', import.meta.url));
const READY_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 15_000;
const LOG_CHARACTERS_MAX = 200_000;
const HOST = '127.0.0.1';
const IDS = ['node-1', 'node-2', 'node-3'] as NodeId[];

interface Ports {
  readonly wire: number;
  readonly health: number;
}

/** Resolves when the cluster has formed and can commit. */
export async function startStorageNodes(env: Readonly<Record<string, string>> = {}): Promise<StorageNodes> {
  const folder = mkdtempSync(join(tmpdir(), 'netstore-nodes-'));
  const nodes = new StorageNodes(folder, await freePorts(), env);
  try {
    for (const id of IDS) nodes.start(id);
    await nodes.untilReady();
    return nodes;
  } catch (error) {
    await nodes[Symbol.asyncDispose]();
    throw new Error(`The nodes did not start: ${String(error)}\n${nodes.log.slice(-8_000)}`, { cause: error });
  }
}

export class StorageNodes implements AsyncDisposable {
  readonly ids: readonly NodeId[] = IDS;
  readonly key = randomBytes(32);
  /** What all of them printed, the last part of it. */
  log = '';
  readonly #folder: string;
  readonly #ports: readonly Ports[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #processes = new Map<NodeId, ChildProcess>();

  constructor(folder: string, ports: readonly Ports[], env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#ports = ports;
    this.#env = env;
    writeFileSync(join(folder, 'cluster.key'), this.key.toString('hex'), { mode: 0o600 });
  }

  dataDir(id: NodeId): string {
    return join(this.#folder, id);
  }

  address(id: NodeId): { readonly host: string; readonly port: number } {
    return { host: HOST, port: this.#portsOf(id).wire };
  }

  healthUrl(id: NodeId): string {
    return `http://${HOST}:${this.#portsOf(id).health}`;
  }

  pid(id: NodeId): number {
    return this.#processes.get(id)?.pid ?? 0;
  }

  /** By itself, or because a test ended it. */
  hasEnded(id: NodeId): boolean {
    const child = this.#processes.get(id);
    return child === undefined || child.exitCode !== null || child.signalCode !== null;
  }

  /** `through`: a command that becomes the node in the end, by exec, so that its process is the node's. */
  start(id: NodeId, env: Readonly<Record<string, string>> = {}, through: readonly string[] = []): void {
    const [program = process.execPath, ...args] = [...through, process.execPath, MAIN];
    const child = spawn(program, args, {
      env: {
        PATH: process.env['PATH'],
        ...COMPILE_CACHE,
        NETSTORE_NODE_ID: id,
        NETSTORE_NODES: IDS.map((node) => `${node}=${HOST}:${this.#portsOf(node).wire}`).join(','),
        NETSTORE_DATA_DIR: this.dataDir(id),
        NETSTORE_HEALTH_PORT: String(this.#portsOf(id).health),
        NETSTORE_CLUSTER_KEY_FILE: join(this.#folder, 'cluster.key'),
        ...this.#env,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('readable', () => {
        this.log = (this.log + (stream.read() ?? '')).slice(-LOG_CHARACTERS_MAX);
      });
    }
    this.#processes.set(id, child);
  }

  /** For a signal that ends the process, resolves with its exit code when it is gone. */
  async kill(id: NodeId, signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const child = this.#processes.get(id);
    if (child === undefined || this.hasEnded(id)) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return null;
    await ended;
    return child.exitCode;
  }

  /** A gateway's connections to one node. */
  client(id: NodeId): WireClient {
    return new WireClient({ ...this.address(id), nodeId: id, key: this.key });
  }

  /** Undefined when the node does not answer. */
  async status(id: NodeId): Promise<Status | undefined> {
    await using client = this.client(id);
    return await client.status().catch(() => undefined);
  }

  /** What the node says that can commit now; of two that think so, the one of the higher epoch. */
  async primary(): Promise<Status | undefined> {
    const all = await Promise.all(IDS.map((id) => (this.hasEnded(id) ? undefined : this.status(id))));
    return all.filter((status) => status?.canCommit === true).sort((a, b) => (b?.epoch ?? 0) - (a?.epoch ?? 0))[0];
  }

  /** Until the primary can commit, and as many secondaries as there should be hold all of its log and owe no blob. */
  async untilReady({ holders = 3 } = {}): Promise<void> {
    await waitUntil(`a primary can commit with ${holders} holders`, READY_DEADLINE_MS, async () => {
      const status = await this.primary();
      if (status === undefined) return false;
      const current = status.peers.filter((peer) => peer.isConnected && peer.ackedSeq === status.lastSeq && peer.debt?.blobs === 0);
      return current.length + 1 >= holders;
    });
  }

  /** In order if they can, within the deadline in any case; their data stays. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => {
      for (const child of this.#processes.values()) child.kill('SIGKILL');
    }, STOP_DEADLINE_MS);
    await Promise.all(IDS.map((id) => this.kill(id, 'SIGTERM')));
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #portsOf(id: NodeId): Ports {
    const ports = this.#ports[IDS.indexOf(id)];
    if (ports === undefined) throw new Error(`There is no ${id}`);
    return ports;
  }
}

async function freePorts(): Promise<Ports[]> {
  const servers = await Promise.all(
    Array.from({ length: IDS.length * 2 }, async () => {
      const server = createServer().listen(0, HOST);
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  for (const server of servers) server.close();
  return IDS.map((_, index) => ({ wire: ports[2 * index] as number, health: ports[2 * index + 1] as number }));
}
