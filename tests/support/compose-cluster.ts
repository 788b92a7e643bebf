/** The cluster of `docker-compose.yml` under a project name of its own, so that it meets no other cluster on this machine. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment } from 'testcontainers';
import { docker, findCompose } from './container-engine.ts';
import { freePorts } from './free-ports.ts';
import { waitUntil } from './wait-until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_DEADLINE_MS = 120_000;
const HEALTHY_DEADLINE_MS = 60_000;

export type ComposeService = 'auth-service' | 'node-1' | 'node-2' | 'node-3' | 'gateway';

export class ComposeCluster implements AsyncDisposable {
  readonly url: string;
  readonly #project: string;
  readonly #port: number;
  #running: StartedDockerComposeEnvironment | undefined;

  private constructor(project: string, port: number) {
    this.#project = project;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Resolves when every service is healthy. */
  static async start(): Promise<ComposeCluster> {
    const [port = 0] = await freePorts(1);
    const cluster = new ComposeCluster(`netstore-test-${randomBytes(4).toString('hex')}`, port);
    await cluster.up();
    return cluster;
  }

  async up(): Promise<void> {
    const compose = findCompose();
    if (compose === undefined) throw new Error('Neither "docker compose" nor "docker-compose" answers');
    this.#running = await new DockerComposeEnvironment(ROOT, 'docker-compose.yml')
      .withProjectName(this.#project)
      .withAutoCleanup(false)
      .withStartupTimeout(START_DEADLINE_MS)
      .withEnvironment({
        NETSTORE_HTTP_HOST: '127.0.0.1',
        NETSTORE_HTTP_PORT: String(this.#port),
        NETSTORE_PUBLIC_URL: this.url,
        NETSTORE_ADMIN_USERNAME: '',
        NETSTORE_ADMIN_PASSWORD: '',
      })
      .withClientOptions(compose.standalone ? { executable: { standalone: true } } : {})
      .up();
  }

  /** Removes containers and networks; with `withVolumes` also everything that was stored. */
  async down({ withVolumes }: { readonly withVolumes: boolean }): Promise<void> {
    await this.#running?.down({ removeVolumes: withVolumes });
    this.#running = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down({ withVolumes: true });
  }

  kill(service: ComposeService): void {
    docker('kill', this.containerId(service));
  }

  /** Starts a killed service; resolves when it is healthy. */
  async restart(service: ComposeService): Promise<void> {
    docker('start', this.containerId(service));
    await waitUntil(
      `${service} is healthy`,
      HEALTHY_DEADLINE_MS,
      () => docker('inspect', '--format', '{{.State.Health.Status}}', this.containerId(service)) === 'healthy',
    );
  }

  log(service: ComposeService): string {
    return docker('logs', this.containerId(service));
  }

  containerId(service: ComposeService): string {
    const labels = { 'com.docker.compose.project': this.#project, 'com.docker.compose.service': service };
    const filters = Object.entries(labels).flatMap(([label, value]) => ['--filter', `label=${label}=${value}`]);
    const ids = docker('ps', '--all', '--quiet', ...filters).split('\n');
    const [id] = ids;
    if (id === undefined || id === '' || ids.length > 1)
      throw new Error(`Expected one container of ${service}, found ${ids.join(', ') || 'none'}`);
    return id;
  }
}
