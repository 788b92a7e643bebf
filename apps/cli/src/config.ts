/** Which nodes are asked, and with which key: by options, else by the environment, else by the data directory that `npm start` uses. */
import { join, resolve } from 'node:path';
import { EnvReader, type NodeAddress } from '@netstore/service-kit/env';
import { NetStoreError } from '@netstore/shared-types';
import { nodesOfRunFile } from './run-file.ts';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export interface ClusterFlags {
  readonly nodes: string | undefined;
  readonly 'key-file': string | undefined;
  readonly 'data-dir': string | undefined;
}

export interface Config {
  /** In the configured order. */
  readonly nodes: readonly NodeAddress[];
  readonly clusterKey: Buffer;
}

interface Setting {
  /** How to name it when it is wrong. */
  readonly name: string;
  readonly value: string;
}

const DEFAULT_DATA_DIR = 'data';

/** Throws `NS_CONFIG_INVALID` with every problem. */
export function readConfig(flags: ClusterFlags, { env, cwd }: Surroundings): Config {
  // An option says more than a variable, also where it says it less directly.
  const variables = flags['data-dir'] === undefined ? env : {};
  const dataDir = resolve(cwd, flags['data-dir'] || env['NETSTORE_DATA_DIR'] || DEFAULT_DATA_DIR);
  const nodes = firstOf([
    ['--nodes', flags.nodes],
    ['NETSTORE_NODES', variables['NETSTORE_NODES']],
    [join(dataDir, 'run.json'), flags.nodes || variables['NETSTORE_NODES'] ? undefined : nodesOfRunFile(join(dataDir, 'run.json'))],
  ]);
  if (nodes === undefined) {
    throw new NetStoreError(
      'NS_CONFIG_INVALID',
      `No cluster was found: there is no ${join(dataDir, 'run.json')}, which is there while "npm start" runs. ` +
        'Start NetStore, or say where it is with --data-dir DIR, or with --nodes LIST and --key-file FILE',
    );
  }
  const keyPath = join(dataDir, 'secrets', 'cluster.key');
  const key = firstOf([
    ['--key-file', flags['key-file']],
    ['NETSTORE_CLUSTER_KEY_FILE', variables['NETSTORE_CLUSTER_KEY_FILE']],
    [keyPath, keyPath],
  ]) as Setting;
  const reader = new EnvReader({ [nodes.name]: nodes.value, [key.name]: resolve(cwd, key.value) });
  const config = { nodes: reader.nodes(nodes.name), clusterKey: reader.keyFile(key.name) };
  reader.finish();
  return Object.freeze(config);
}

function firstOf(settings: ReadonlyArray<readonly [string, string | undefined]>): Setting | undefined {
  const found = settings.find(([, value]) => value !== undefined && value !== '');
  return found && { name: found[0], value: found[1] ?? '' };
}
