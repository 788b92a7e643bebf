/** `run.json`, which the launcher keeps while it runs: where the nodes are. */
import { readFileSync } from 'node:fs';
import { NetStoreError } from '@netstore/shared-types';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

/** What of it is needed here; there is more in it. */
const RunFile = Type.Object({ nodes: Type.Array(Type.Object({ id: Type.String(), wire: Type.String() })) });

/** `node-1=127.0.0.1:9101,…`, as `NETSTORE_NODES` has it. Undefined when there is no such file. Throws `NS_CONFIG_INVALID`. */
export function nodesOfRunFile(path: string): string | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new NetStoreError('NS_CONFIG_INVALID', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Value.Check(RunFile, content)) throw new NetStoreError('NS_CONFIG_INVALID', `${path} is not what the launcher writes`);
  return content.nodes.map(({ id, wire }) => `${id}=${wire}`).join(',');
}
