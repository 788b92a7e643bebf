/**
 * IDENTITY: which disk of which node of which cluster this is. Written once; a node without it is blank and may not vote.
 *
 *   netstore-identity 1
 *   cluster <32 hex>
 *   node <node id>
 *   incarnation <32 hex>
 *   crc32c <8 hex, over all lines before>
 *
 * Text, because people look at it when they wonder which disk they hold in their hands.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClusterId,
  type Incarnation,
  NetStoreError,
  type NodeId,
  parseClusterId,
  parseIncarnation,
  parseNodeId,
} from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';
import { errnoOf } from '../log/disk-error.ts';
import { Durability, type OnFatal } from '../log/durability.ts';
import { writeFileDurably } from '../log/durable-file.ts';

export const IDENTITY_FILE = 'IDENTITY';
const LAYOUT = /^netstore-identity (\d+)\ncluster (\S+)\nnode (\S+)\nincarnation (\S+)\n$/;
const CRC_LINE_BYTES = 'crc32c 00000000\n'.length;
const FORMAT_VERSION = 1;

export interface Identity {
  readonly clusterId: ClusterId;
  readonly nodeId: NodeId;
  readonly incarnation: Incarnation;
}

/** Undefined when the node is blank. Throws `NS_DATA_DIRECTORY` when the file is there and damaged. */
export async function readIdentity(dataDir: string): Promise<Identity | undefined> {
  const path = join(dataDir, IDENTITY_FILE);
  try {
    return parseIdentity(await readFile(path, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `Identity of this node cannot be read from ${path}: ${reason}. Nothing was changed. Move this data directory away (do not delete it) and start the node with an empty one: the others give it everything again.`,
      { cause: error },
    );
  }
}

/** Durable on return. Writing the same identity again is harmless; throws `NS_DATA_DIRECTORY` when there is another one. */
export async function writeIdentity(dataDir: string, identity: Identity, { onFatal }: { readonly onFatal?: OnFatal } = {}): Promise<void> {
  const present = await readIdentity(dataDir);
  const text = formatIdentity(identity);
  if (present !== undefined && formatIdentity(present) !== text) {
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `Data directory belongs to node ${present.nodeId} of cluster ${present.clusterId} (incarnation ${present.incarnation}): it cannot become ${identity.nodeId} of cluster ${identity.clusterId}`,
    );
  }
  // Also when it is there already: an earlier process may have died before the file was durable.
  await writeFileDurably(join(dataDir, IDENTITY_FILE), [Buffer.from(text)], new Durability(onFatal));
}

function formatIdentity({ clusterId, nodeId, incarnation }: Identity): string {
  const body = `netstore-identity ${FORMAT_VERSION}\ncluster ${clusterId}\nnode ${nodeId}\nincarnation ${incarnation}\n`;
  return `${body}${crcLine(body)}`;
}

function crcLine(body: string): string {
  return `crc32c ${crc32c(body).toString(16).padStart(8, '0')}\n`;
}

function parseIdentity(text: string): Identity {
  const body = text.slice(0, -CRC_LINE_BYTES);
  if (text.slice(-CRC_LINE_BYTES) !== crcLine(body)) throw new Error('its checksum is wrong');
  const [, version, cluster = '', node = '', incarnation = ''] = LAYOUT.exec(body) ?? [];
  if (version === undefined) throw new Error('its lines are not what they should be');
  if (Number(version) !== FORMAT_VERSION) {
    throw new Error(`it has format ${version}, this program knows ${FORMAT_VERSION}: start a newer version of NetStore`);
  }
  return { clusterId: parseClusterId(cluster), nodeId: parseNodeId(node), incarnation: parseIncarnation(incarnation) };
}
