/**
 * Three storage nodes from their image, in place of the processes of `storage-nodes.ts`. They use this machine's network and folders of it, so that a suite
 * finds addresses and files where it looks for them.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NodeId } from '@netstore/shared-types';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { docker } from './container-engine.ts';
import { freePorts } from './free-ports.ts';
import { giveToImageUser, runAsOwner } from './image-user.ts';
import { StorageNodes } from './storage-nodes.ts';

const STOP_DEADLINE_MS = 15_000;
const LOG_CHARACTERS_MAX = 200_000;

/** Resolves when the cluster has formed and can commit. */
export async function startStorageNodes(env: Readonly<Record<string, string>> = {}): Promise<StorageNodes> {
  const folder = mkdtempSync(join(tmpdir(), 'netstore-nodes-'));
  const ports = await freePorts(6);
  const pairs = [0, 2, 4].map((first) => ({ wire: ports[first] as number, health: ports[first + 1] as number }));
  const nodes = new StorageNodeContainers(folder, pairs, env);
  try {
    for (const id of nodes.ids) nodes.start(id);
    await nodes.untilReady();
    return nodes;
  } catch (error) {
    await nodes[Symbol.asyncDispose]();
    throw new Error(`The nodes did not start: ${String(error)}\n${nodes.log.slice(-8_000)}`, { cause: error });
  }
}

class StorageNodeContainers extends StorageNodes {
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #containers = new Map<NodeId, Promise<StartedTestContainer>>();

  constructor(folder: string, ports: ConstructorParameters<typeof StorageNodes>[1], env: Readonly<Record<string, string>>) {
    super(folder, ports, env);
    this.#folder = folder;
    this.#env = env;
    giveToImageUser(folder, join(folder, 'cluster.key'));
  }

  override start(id: NodeId, env: Readonly<Record<string, string>> = {}): void {
    mkdirSync(this.dataDir(id), { recursive: true });
    giveToImageUser(this.dataDir(id));
    const started = this.#container(id, env).start();
    // Whoever waits for the node, or ends it, learns of a failure.
    started.catch(() => undefined);
    this.#containers.set(id, started);
  }

  override async kill(id: NodeId, signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const container = await this.#containers.get(id)?.catch(() => undefined);
    if (container === undefined) return null;
    const containerId = container.getId();
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
      docker('kill', '--signal', signal, containerId);
      return null;
    }
    this.#containers.delete(id);
    if (signal === 'SIGTERM') {
      await container.stop({ timeout: STOP_DEADLINE_MS, remove: false });
      return takeExitCode(containerId);
    }
    // Kills it, if it runs, and takes it away in one go. What is killed has no exit code of its own, as with a process.
    docker('rm', '--force', '--volumes', containerId);
    return null;
  }

  /** Because a test ended it: of one that ended by itself nothing is known here. */
  override hasEnded(id: NodeId): boolean {
    return !this.#containers.has(id);
  }

  /** The engine takes its time to start a container; the deadline is for the nodes. */
  override async untilReady(options: { holders?: number } = {}): Promise<void> {
    await Promise.all(this.#containers.values());
    await super.untilReady(options);
  }

  override pid(): number {
    throw new Error('A container has no process of this machine that a test could look at');
  }

  #container(id: NodeId, env: Readonly<Record<string, string>>): GenericContainer {
    const { port } = this.address(id);
    return runAsOwner(new GenericContainer('netstore/storage-node'))
      .withNetworkMode('host')
      .withBindMounts([{ source: this.#folder, target: this.#folder }])
      .withEnvironment({
        NETSTORE_NODE_ID: id,
        NETSTORE_NODES: this.ids.map((node) => `${node}=${this.address(node).host}:${this.address(node).port}`).join(','),
        NETSTORE_DATA_DIR: this.dataDir(id),
        NETSTORE_WIRE_HOST: this.address(id).host,
        NETSTORE_WIRE_PORT: String(port),
        NETSTORE_HEALTH_HOST: this.address(id).host,
        NETSTORE_HEALTH_PORT: new URL(this.healthUrl(id)).port,
        NETSTORE_CLUSTER_KEY_FILE: join(dirname(this.dataDir(id)), 'cluster.key'),
        ...this.#env,
        ...env,
      })
      .withDroppedCapabilities('ALL')
      .withSecurityOpt('no-new-privileges:true')
      .withWaitStrategy(Wait.forLogMessage(/./))
      .withLogConsumer((stream) => {
        stream.setEncoding('utf8').on('readable', () => {
          this.log = (this.log + (stream.read() ?? '')).slice(-LOG_CHARACTERS_MAX);
        });
      });
  }
}

function takeExitCode(containerId: string): number {
  const exitCode = Number(docker('inspect', '--format', '{{.State.ExitCode}}', containerId));
  // With the anonymous volume of the image's data folder, which nothing used.
  docker('rm', '--volumes', containerId);
  return exitCode;
}
