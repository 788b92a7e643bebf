/**
 * PEERS: the highest generation that each peer's disk has shown. A disk only counts up; one that shows less than before was put back
 * to an older state, has forgotten what it promised, and may neither vote nor count. Lines of text with a checksum:
 *
 *   netstore-peers 1
 *   <node id> <incarnation> <generation>
 *   crc32c <8 hex, over all lines before>
 *
 * Written at most every few seconds: what is forgotten in a crash are the last few, and a disk image is older than that. A file
 * that cannot be read is begun anew.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';
import { errnoOf } from '../log/disk-error.ts';
import { Durability, type OnFatal } from '../log/durability.ts';
import { writeFileDurably } from '../log/durable-file.ts';

export const PEERS_FILE = 'PEERS';
const FIRST_LINE = 'netstore-peers 1';
const WRITE_INTERVAL_MS = 5_000;
const CRC_LINE_BYTES = 'crc32c 00000000\n'.length;

interface Shown {
  readonly incarnation: Incarnation;
  readonly generation: number;
}

export class PeerGenerations implements AsyncDisposable {
  readonly #path: string;
  readonly #durability: Durability;
  readonly #shown: Map<NodeId, Shown>;
  readonly #timer: NodeJS.Timeout;
  #isChanged = false;
  #writing: Promise<void> = Promise.resolve();

  static async open(dataDir: string, { onFatal }: { readonly onFatal?: OnFatal } = {}): Promise<PeerGenerations> {
    const path = join(dataDir, PEERS_FILE);
    return new PeerGenerations(path, await readShown(path), new Durability(onFatal));
  }

  private constructor(path: string, shown: Map<NodeId, Shown>, durability: Durability) {
    this.#path = path;
    this.#shown = shown;
    this.#durability = durability;
    this.#timer = setInterval(() => void this.#write(), WRITE_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Takes note of it. The generation this disk had shown before when that is higher: it went back in time. */
  note(nodeId: NodeId, incarnation: Incarnation, generation: number): number | undefined {
    const before = this.#shown.get(nodeId);
    if (before?.incarnation === incarnation && before.generation > generation) return before.generation;
    if (before?.incarnation !== incarnation || before.generation < generation) {
      this.#shown.set(nodeId, { incarnation, generation });
      this.#isChanged = true;
    }
    return undefined;
  }

  #write(): Promise<void> {
    if (!this.#isChanged) return this.#writing;
    this.#isChanged = false;
    const lines = [...this.#shown].map(([nodeId, { incarnation, generation }]) => `${nodeId} ${incarnation} ${generation}`);
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

function crcLine(body: string): string {
  return `crc32c ${crc32c(body).toString(16).padStart(8, '0')}\n`;
}

async function readShown(path: string): Promise<Map<NodeId, Shown>> {
  try {
    return parseShown(await readFile(path, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return new Map();
    throw error;
  }
}

function parseShown(text: string): Map<NodeId, Shown> {
  const body = text.slice(0, -CRC_LINE_BYTES);
  const [first, ...lines] = body.split('\n').filter((line) => line !== '');
  if (text.slice(-CRC_LINE_BYTES) !== crcLine(body) || first !== FIRST_LINE) return new Map();
  return new Map(
    lines.map((line) => {
      const [nodeId, incarnation, generation] = line.split(' ');
      return [nodeId as NodeId, { incarnation: incarnation as Incarnation, generation: Number(generation) }];
    }),
  );
}
