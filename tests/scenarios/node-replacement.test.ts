/**
 * A node gets an empty disk while people go on: one command takes it in, nobody notices, and afterwards the new disk alone proves that it has
 * everything.
 */
import { readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { FileClient, type SeededFile } from '../support/file-client.ts';
import { needs } from '../support/needs.ts';
import { netstore, type Ran, type Running, startNetstore } from '../support/netstore-command.ts';
import { randomFrom } from '../support/random-from.ts';
import { sha256OfSeeded } from '../support/seeded-bytes.ts';
import { scaled } from '../support/test-scale.ts';
import { waitUntil } from '../support/wait-until.ts';

const MIB = 1024 * 1024;
const REPLACED = 'node-3';
const FILES = scaled({ full: 5_000, brief: 200 });
const FILE_BYTES = scaled({ full: MIB, brief: MIB / 4 });
/** As many as one page of a listing has. */
const FOLDER_FILES = 1_000;
const UPLOADS_AT_ONCE = 8;
const [WRITERS, READERS] = [2, 2];
const WRITTEN_BYTES = 64 * 1024;
/** Three copies, what clients write meanwhile, and room to spare. */
const ROOM_BYTES = 4 * FILES * FILE_BYTES;
/** An access token lives for ten minutes. */
const TOKEN_MS = 300_000;
const LOOK_EVERY_MS = 100;
const SETTLE_MS = scaled({ full: 600_000, brief: 60_000 });
const TEST_MS = scaled({ full: 3_600_000, brief: 180_000 });
const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.[Symbol.asyncDispose]());
beforeEach((context) => {
  const { bavail, bsize } = statfsSync(tmpdir());
  needs(context, `${Math.ceil(ROOM_BYTES / MIB)} MiB of room for temporary files`, bavail * bsize > ROOM_BYTES);
});

const command = (...args: string[]) => netstore([...args, '--data-dir', cluster.dataDir]);
const dataDirOf = (node: string): string => cluster.run.nodes.find(({ id }) => id === node)?.dataDir ?? '';

let signedIn: { readonly client: Promise<FileClient>; readonly sinceMs: number } | undefined;
/** One for all, and another one before its token is over. */
function client(): Promise<FileClient> {
  if (signedIn === undefined || performance.now() - signedIn.sinceMs > TOKEN_MS)
    signedIn = { client: cluster.signIn().then((token) => new FileClient(cluster.url, token)), sinceMs: performance.now() };
  return signedIn.client;
}

const fileAt = (number: number): SeededFile => ({
  path: `replaced/${Math.floor(number / FOLDER_FILES)}/${number}.bin`,
  seed: `${SEED} ${number}`,
  sizeBytes: FILE_BYTES,
});

async function uploadAll(): Promise<void> {
  const numbers = Array.from({ length: FILES }, (_, number) => number).values();
  const upload = async (): Promise<void> => {
    for (const number of numbers) expect(await (await client()).upload(fileAt(number))).toMatchObject({ status: 201 });
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, upload));
}

/** Clients that read and write without a pause until they are told to stop, and take every answer that is not the right one down. */
class Clients {
  readonly failures: string[] = [];
  readonly folders = new Set<string>();
  reads = 0;
  writes = 0;
  readonly #ended = new AbortController();
  readonly #running: readonly Promise<void>[];

  constructor() {
    this.#running = [
      ...Array.from({ length: WRITERS }, (_, writer) => this.#repeat((call) => this.#write(writer, call))),
      ...Array.from({ length: READERS }, (_, reader) => this.#repeat(this.#reader(reader))),
    ];
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#running);
  }

  async #repeat(once: (call: number) => Promise<string | undefined>): Promise<void> {
    for (let call = 0; !this.#ended.signal.aborted; call += 1) {
      const failure = await once(call).catch((error: unknown) => String(error));
      if (failure !== undefined) this.failures.push(failure);
    }
  }

  async #write(writer: number, call: number): Promise<string | undefined> {
    const folder = `meanwhile/${writer}/${Math.floor(call / FOLDER_FILES)}`;
    const file = { path: `${folder}/${call}.bin`, seed: `${SEED} ${writer} ${call}`, sizeBytes: WRITTEN_BYTES };
    this.folders.add(folder);
    this.writes += 1;
    const { status, body } = await (await client()).upload(file);
    return status === 201 ? undefined : `${file.path} was answered with ${status} ${body}`;
  }

  #reader(reader: number): () => Promise<string | undefined> {
    const random = randomFrom(`${SEED} reader ${reader}`);
    return async () => {
      const { path, seed, sizeBytes } = fileAt(Math.floor(random() * FILES));
      this.reads += 1;
      const { status, sha256 } = await (await client()).download(path);
      return status === 200 && sha256 === sha256OfSeeded(seed, sizeBytes) ? undefined : `${path} was read as ${status} ${sha256}`;
    };
  }
}

/** Files in blobs/ on the new disk. */
function blobsHeld(): number {
  const names = readdirSync(join(dataDirOf(REPLACED), 'blobs'), { recursive: true, withFileTypes: true });
  return names.filter((name) => name.isFile()).length;
}

interface Filling {
  /** How many blobs the new disk had, look by look, while the command ran. */
  readonly held: readonly number[];
  readonly ran: Ran;
}

async function watchBeingFilled({ ended }: Running): Promise<Filling> {
  const held: number[] = [];
  let hasEnded = false;
  const ran = ended.finally(() => {
    hasEnded = true;
  });
  for (; !hasEnded; await sleep(LOOK_EVERY_MS)) held.push(blobsHeld());
  return { held, ran: await ran };
}

/** Everything in these folders is on all three nodes; gives how many files that are. */
async function untilOnAllNodes(folders: readonly string[]): Promise<number> {
  let files = 0;
  for (const folder of folders) {
    await waitUntil(`all of ${folder} is on three nodes`, SETTLE_MS, async () => {
      const { entries } = await (await client()).entries(folder);
      if (entries.some(({ replicas }) => replicas?.durable !== 3)) return false;
      files += entries.length;
      return true;
    });
  }
  return files;
}

function rateOf(bytes: number, sinceMs: number): string {
  const seconds = (performance.now() - sinceMs) / 1_000;
  return `${(bytes / MIB).toFixed(0)} MiB in ${seconds.toFixed(1)} s, ${(bytes / MIB / seconds).toFixed(1)} MiB/s`;
}

test(
  `a node gets an empty disk while clients read and write: one command, no failed call, and ${FILES} files on three nodes again (NETSTORE_TEST_SEED=${SEED})`,
  async () => {
    const uploadedSince = performance.now();
    await uploadAll();
    console.info(`Uploaded ${FILES} files: ${rateOf(FILES * FILE_BYTES, uploadedSince)}`);
    await waitUntil('the node may be stopped', SETTLE_MS, async () => (await command('safe-to-stop', REPLACED)).exitCode === 0);

    const clients = new Clients();
    try {
      await cluster.kill(REPLACED, 'SIGTERM');
      rmSync(dataDirOf(REPLACED), { recursive: true });
      await cluster.spawn(REPLACED);
      await waitUntil('its new disk answers', SETTLE_MS, async () => /^node-3 +learner /m.test((await command('status')).stdout));
      const replacedSince = performance.now();
      using replacing = startNetstore(['node', 'replace', REPLACED, '--yes', '--data-dir', cluster.dataDir]);
      const { held, ran } = await watchBeingFilled(replacing);
      expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('node-3 is a full member again.') });
      const { reads, writes } = clients;
      console.info(
        `The new disk was filled: ${rateOf(FILES * FILE_BYTES, replacedSince)}, with ${reads} reads and ${writes} writes beside it`,
      );
      const steps = new Set(held);
      expect(held).toEqual([...held].sort((one, other) => one - other));
      expect(steps.size).toBeGreaterThan(5);
      expect(held.at(-1)).toBeGreaterThanOrEqual(FILES);
    } finally {
      await clients.end();
    }
    expect(clients.failures).toEqual([]);
    expect(Math.min(clients.reads, clients.writes)).toBeGreaterThan(10);

    const folders = Array.from({ length: Math.ceil(FILES / FOLDER_FILES) }, (_, folder) => `replaced/${folder}`);
    expect(await untilOnAllNodes([...folders, ...clients.folders])).toBe(FILES + clients.writes);
    expect(await command('verify')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('All 3 nodes hold the same') });

    await cluster.kill(REPLACED, 'SIGTERM');
    const checkedSince = performance.now();
    const checked = await netstore(['fsck', dataDirOf(REPLACED), '--json']);
    expect(checked.json()).toMatchObject({ isClean: true, problems: [], node: { nodeId: REPLACED } });
    const { blobs, bytes } = checked.json() as { readonly blobs: number; readonly bytes: number };
    expect(blobs).toBeGreaterThanOrEqual(FILES + clients.writes);
    expect(bytes).toBeGreaterThanOrEqual(FILES * FILE_BYTES + clients.writes * WRITTEN_BYTES);
    console.info(`The new disk alone was checked: ${rateOf(bytes, checkedSince)}`);
  },
  TEST_MS,
);
