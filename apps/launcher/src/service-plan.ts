/**
 * The five services as processes: what each is told. A plan is data only; it is also what `run.json` shows, so that a person can start one service
 * by hand exactly as the launcher does.
 */
import { join } from 'node:path';
import type { LauncherConfig } from './config.ts';
import type { ClusterPorts } from './ports.ts';
import type { SecretFiles } from './secrets.ts';
import { NODE_FLAGS, runtimeEnv } from './service-runtime.ts';

export interface ServiceSpec {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Handed to the process and written nowhere. */
  readonly unrecordedEnv: Readonly<Record<string, string>>;
}

export interface HttpSpec extends ServiceSpec {
  readonly url: string;
}

export interface NodeSpec extends ServiceSpec {
  readonly wire: string;
  readonly health: string;
  readonly dataDir: string;
}

export interface ServicePlan {
  readonly auth: HttpSpec;
  readonly nodes: readonly NodeSpec[];
  readonly gateway: HttpSpec;
}

export interface PlanIngredients {
  readonly config: LauncherConfig;
  readonly ports: ClusterPorts;
  readonly secrets: SecretFiles;
  /** The folder of the whole workspace. */
  readonly root: string;
  /** The folder of the built page. */
  readonly webDir: string;
}

export function planServices(ingredients: PlanIngredients): ServicePlan {
  const { ports } = ingredients;
  const nodesSetting = ports.wire.map((port, index) => `node-${index + 1}=127.0.0.1:${port}`).join(',');
  const auth = planAuth(ingredients);
  return {
    auth,
    nodes: ports.wire.map((_, index) => planNode(ingredients, nodesSetting, index)),
    gateway: planGateway(ingredients, nodesSetting, auth.url),
  };
}

function planAuth({ config, ports, secrets, root }: PlanIngredients): HttpSpec {
  return {
    ...program(root, 'auth-service'),
    name: 'auth',
    url: `http://127.0.0.1:${ports.auth}`,
    env: {
      ...config.passedOn,
      ...runtimeEnv(root),
      NETSTORE_AUTH_HOST: '127.0.0.1',
      NETSTORE_AUTH_PORT: String(ports.auth),
      NETSTORE_DATA_DIR: join(config.dataDir, 'auth'),
      NETSTORE_SERVICE_KEY_FILE: secrets.service,
    },
    unrecordedEnv:
      config.admin === undefined ? {} : { NETSTORE_ADMIN_USERNAME: config.admin.username, NETSTORE_ADMIN_PASSWORD: config.admin.password },
  };
}

function planNode({ config, ports, secrets, root }: PlanIngredients, nodesSetting: string, index: number): NodeSpec {
  const id = `node-${index + 1}`;
  const dataDir = join(config.dataDir, id);
  return {
    ...program(root, 'storage-node'),
    name: id,
    wire: `127.0.0.1:${ports.wire[index]}`,
    health: `http://127.0.0.1:${ports.health[index]}`,
    dataDir,
    env: {
      ...config.passedOn,
      ...runtimeEnv(root),
      NETSTORE_NODE_ID: id,
      NETSTORE_NODES: nodesSetting,
      NETSTORE_DATA_DIR: dataDir,
      NETSTORE_WIRE_HOST: '127.0.0.1',
      NETSTORE_WIRE_PORT: String(ports.wire[index]),
      NETSTORE_HEALTH_HOST: '127.0.0.1',
      NETSTORE_HEALTH_PORT: String(ports.health[index]),
      NETSTORE_CLUSTER_KEY_FILE: secrets.cluster,
    },
    unrecordedEnv: {},
  };
}

function planGateway({ config, ports, secrets, root, webDir }: PlanIngredients, nodesSetting: string, authUrl: string): HttpSpec {
  return {
    ...program(root, 'gateway'),
    name: 'gateway',
    url: `http://${hostInUrl(config.httpHost)}:${ports.http}`,
    env: {
      ...config.passedOn,
      ...runtimeEnv(root),
      NETSTORE_HTTP_HOST: config.httpHost,
      NETSTORE_HTTP_PORT: String(ports.http),
      NETSTORE_AUTH_URL: authUrl,
      NETSTORE_NODES: nodesSetting,
      NETSTORE_CLUSTER_KEY_FILE: secrets.cluster,
      NETSTORE_SERVICE_KEY_FILE: secrets.service,
      NETSTORE_TICKET_KEY_FILE: secrets.ticket,
      NETSTORE_WEB_DIR: webDir,
    },
    unrecordedEnv: {},
  };
}

function program(root: string, app: string): Pick<ServiceSpec, 'argv' | 'cwd'> {
  const cwd = join(root, 'apps', app);
  return { argv: [process.execPath, ...NODE_FLAGS, join(cwd, 'src', 'main.ts')], cwd };
}

/** The address under which this machine reaches a listener: "all addresses" is not one. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
