/** One service from its image, alone: for the suites of a service to run against what is shipped. The images are those that compose built. */
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { docker } from './container-engine.ts';
import { waitUntil } from './wait-until.ts';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;

export interface ServiceContainerOptions {
  readonly service: 'auth-service' | 'storage-node' | 'gateway';
  /** The port on which `/readyz` answers. */
  readonly httpPort: number;
  readonly env: Readonly<Record<string, string>>;
  /** Text by absolute path in the container; written for the service's own user alone, before it starts. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The engine's volume that holds the data; it outlives the container. */
  readonly volume: string;
}

export interface ServiceContainer {
  /** Of the port on which `/readyz` answers, as seen from this machine; without a slash at the end. */
  readonly url: string;
  readonly id: string;
  /** Everything it has logged, also after its end. */
  log(): string;
  /** Ends it and removes the container, but not the volume. Resolves to the exit code. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number>;
}

/** Resolves when the service is ready; when it ends before that, rejects with its log. */
export async function startServiceContainer(options: ServiceContainerOptions): Promise<ServiceContainer> {
  const { service, httpPort, env, secrets, volume } = options;
  const files = Object.entries(secrets).map(([path, content], index) => ({ path, content, variable: `SECRET_${index}` }));
  // Files copied in by the engine would belong to root, and the service accepts no secret that others may read.
  const writeSecrets = files.map(({ path, variable }) => `printf %s "$${variable}" > '${path}' && unset ${variable}`);
  const script = ['umask 077', ...writeSecrets, `exec node apps/${service}/src/main.ts`].join(' && ');
  const started = await new GenericContainer(`netstore/${service}`)
    .withCommand(['sh', '-c', script])
    .withEnvironment({ ...env, ...Object.fromEntries(files.map(({ variable, content }) => [variable, content])) })
    .withBindMounts([{ source: volume, target: '/data' }])
    .withExposedPorts(httpPort)
    .withDroppedCapabilities('ALL')
    .withSecurityOpt('no-new-privileges:true')
    // A service that refuses its configuration logs a line and ends; waiting for more than a line would take the whole deadline.
    .withWaitStrategy(Wait.forLogMessage(/./))
    .start();
  const container = adopt(started, httpPort);
  try {
    await waitUntil(`${service} is ready`, START_DEADLINE_MS, async () => {
      if (docker('inspect', '--format', '{{.State.Running}}', container.id) !== 'true') throw new Error(`${service} ended`);
      const answer = await fetch(`${container.url}/readyz`).catch(() => undefined);
      return answer?.ok === true;
    });
    return container;
  } catch (cause) {
    await container.end('SIGKILL');
    throw new Error(`The container did not start: ${String(cause)}\n${container.log()}`, { cause });
  }
}

function adopt(container: StartedTestContainer, httpPort: number): ServiceContainer {
  const id = container.getId();
  let lastLog: string | undefined;
  return {
    id,
    url: `http://${container.getHost()}:${container.getMappedPort(httpPort)}`,
    log: () => lastLog ?? docker('logs', id),
    async end(signal) {
      if (signal === 'SIGTERM') await container.stop({ timeout: STOP_DEADLINE_MS, remove: false, removeVolumes: false });
      else if (docker('inspect', '--format', '{{.State.Running}}', id) === 'true') docker('kill', id);
      const exitCode = Number(docker('inspect', '--format', '{{.State.ExitCode}}', id));
      lastLog = docker('logs', id);
      docker('rm', '--volumes', id);
      return exitCode;
    },
  };
}
