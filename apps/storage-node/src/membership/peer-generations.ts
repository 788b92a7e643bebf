/**
 * PEERS: the highest generation that each disk of a peer has shown. A disk only counts up; one that shows less than before was put back to
 * an older state, has forgotten what it promised, and may neither vote nor count: it is refused for good. Lines of text with a checksum:
 *
 *   netstore-peers 2
 *   <node id> <incarnation> <generation> <trusted|refused>
 *   crc32c <8 hex, over all lines before>
 *
 * Written at most every few seconds: what is forgotten in a crash are the last few, and a disk image is older than that. A file
 * that cannot be read is begun anew, and so is one of an older layout: peers tell each other what they have seen.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { DISKS_MAX, type DiskSeen } from '@netstore/wire-protocol';
import { crc32c } from '@node-rs/crc32';
import { errnoOf } from '../log/disk-error.ts';
import { Durability, type OnFatal } from '../log/durability.ts';
import { writeFileDurably } from '../log/durable-file.ts';

export const PEERS_FILE = 'PEERS';
const FIRST_LINE = 'netstore-peers 2';
const WRITE_INTERVAL_MS = 5_000;
const CRC_LINE_BYTES = 'crc32c 00000000\n'.length;

export class PeerGenerations implements AsyncDisposable {
  readonly #path: string;
  readonly #durability: Durability;
  /** By node and incarnation, the ones heard of longest ago first. */
  readonly #disks: Map<string, DiskSeen>;
  readonly #timer: NodeJS.Timeout;
  #isChanged = false;
  #writing: Promise<void> = Promise.resolve();

  static async open(dataDir: string, { onFatal }: { readonly onFatal?: OnFatal } = {}): Promise<PeerGenerations> {
    const path = join(dataDir, PEERS_FILE);
    return new PeerGenerations(path, await readDisks(path), new Durability(onFatal));
  }

  private constructor(path: string, disks: readonly DiskSeen[], durability: Durability) {
    this.#path = path;
    this.#disks = new Map(disks.map((disk) => [keyOf(disk.nodeId, disk.incarnation), disk]));
    this.#durability = durability;
    this.#timer = setInterval(() => void this.#write(), WRITE_INTERVAL_MS);
    this.#timer.unref();
  }

  /** What is known of every disk, to be told to others. */
  get all(): readonly DiskSeen[] {
    return [...this.#disks.values()];
  }

  /** 0 when the disk was never heard of. */
  of(nodeId: NodeId, incarnation: Incarnation): number {
    return this.#disks.get(keyOf(nodeId, incarnation))?.generation ?? 0;
  }

  isRefused(nodeId: NodeId, incarnation: Incarnation): boolean {
    return this.#disks.get(keyOf(nodeId, incarnation))?.isRefused === true;
  }

  /** Somebody has seen this. Generations only rise, and a refusal stays. */
  note({ nodeId, incarnation, generation, isRefused }: DiskSeen): void {
    const key = keyOf(nodeId, incarnation);
    const before = this.#disks.get(key);
    if (before !== undefined && before.generation >= generation && (before.isRefused || !isRefused)) return;
    this.#disks.delete(key);
    this.#disks.set(key, {
      nodeId,
      incarnation,
      generation: Math.max(generation, before?.generation ?? 0),
      isRefused: isRefused || before?.isRefused === true,
    });
    for (const [oldest] of this.#disks) if (this.#disks.size > DISKS_MAX) this.#disks.delete(oldest);
    this.#isChanged = true;
  }

  #write(): Promise<void> {
    if (!this.#isChanged) return this.#writing;
    this.#isChanged = false;
    const lines = this.all.map(
      ({ nodeId, incarnation, generation, isRefused }) => `${nodeId} ${incarnation} ${generation} ${isRefused ? 'refused' : 'trusted'}`,
    );
    const body = `${[FIRST_LINE, ...lines].join('\n')}\n`;
    this.#writing = this.#writing
      .then(() => writeFileDurably(this.#path, [Buffer.from(`${body}${crcLine(body)}`)], this.#durability))
      .catch(() => {
        // A full disk: it is tried again.
        this.#isChanged = true;
      });
    return this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    if (!this.#durability.hasFailed) await this.#write();
  }
}

function keyOf(nodeId: NodeId, incarnation: Incarnation): string {
  return `${nodeId} ${incarnation}`;
}

function crcLine(body: string): string {
  return `crc32c ${crc32c(body).toString(16).padStart(8, '0')}\n`;
}

async function readDisks(path: string): Promise<DiskSeen[]> {
  try {
    return parseDisks(await readFile(path, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function parseDisks(text: string): DiskSeen[] {
  const body = text.slice(0, -CRC_LINE_BYTES);
  const [first, ...lines] = body.split('\n').filter((line) => line !== '');
  if (text.slice(-CRC_LINE_BYTES) !== crcLine(body) || first !== FIRST_LINE) return [];
  return lines.map((line) => {
    const [nodeId, incarnation, generation, state] = line.split(' ');
    return {
      nodeId: nodeId as NodeId,
      incarnation: incarnation as Incarnation,
      generation: Number(generation),
      isRefused: state === 'refused',
    };
  });
}
