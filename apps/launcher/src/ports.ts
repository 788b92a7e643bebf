/**
 * Which ports the services listen on. What nobody chose is picked once and remembered beside the data, because nodes know each other by address
 * and a person's bookmarks should live longer than a restart.
 */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { NetStoreError } from '@netstore/shared-types';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { NODE_COUNT, type PortWishes } from './config.ts';
import { tryToListen } from './listen-probe.ts';
import { replaceFile } from './replace-file.ts';

export interface ClusterPorts {
  readonly http: number;
  readonly auth: number;
  /** One per node, in order. */
  readonly wire: readonly number[];
  readonly health: readonly number[];
}

const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const PortPerNode = Type.Array(Port, { minItems: NODE_COUNT, maxItems: NODE_COUNT });
const RememberedPorts = Type.Object({ http: Port, auth: Port, wire: PortPerNode, health: PortPerNode }, { additionalProperties: false });
type RememberedPorts = Static<typeof RememberedPorts>;

/**
 * Below the ports that operating systems hand to outgoing connections (from 32768 on Linux): otherwise a connection of any program could sit on
 * a service's port in the second that the service needs to restart.
 */
const FREE_PORT_MIN = 20_000;
const FREE_PORT_MAX = 32_000;
const FREE_PORT_ATTEMPTS_MAX = 1_000;

/** Throws `NS_DATA_DIRECTORY` when the remembered ports cannot be read. */
export async function choosePorts(file: string, wishes: PortWishes): Promise<ClusterPorts> {
  const remembered = readRemembered(file) ?? (await pickPorts());
  replaceFile(file, `${JSON.stringify(remembered)}\n`, { mode: 0o600, isDurable: true });
  return {
    http: wishes.http === 0 ? remembered.http : wishes.http,
    auth: wishes.auth ?? remembered.auth,
    wire: wishes.wire.length === 0 ? remembered.wire : wishes.wire,
    health: wishes.health.length === 0 ? remembered.health : wishes.health,
  };
}

function readRemembered(file: string): RememberedPorts | undefined {
  if (!existsSync(file)) return undefined;
  const content = parseJson(readFileSync(file, 'utf8'));
  if (Value.Check(RememberedPorts, content)) return content;
  const advice = 'Delete it and start again: new ports are chosen, nothing else is lost.';
  throw new NetStoreError(
    'NS_DATA_DIRECTORY',
    `The remembered ports in ${file} are damaged: expected http, auth, wire and health. ${advice}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function pickPorts(): Promise<RememberedPorts> {
  const picked = new Set<number>();
  for (let attempt = 0; picked.size < 2 + 2 * NODE_COUNT; attempt += 1) {
    if (attempt === FREE_PORT_ATTEMPTS_MAX) {
      throw new NetStoreError(
        'NS_UNAVAILABLE',
        `No free ports were found between ${FREE_PORT_MIN} and ${FREE_PORT_MAX} in ${attempt} attempts.`,
      );
    }
    const port = randomInt(FREE_PORT_MIN, FREE_PORT_MAX);
    if ((await tryToListen('127.0.0.1', port)) === undefined) picked.add(port);
  }
  const [http = 0, auth = 0, ...ofNodes] = picked;
  return { http, auth, wire: ofNodes.slice(0, NODE_COUNT), health: ofNodes.slice(NODE_COUNT) };
}
