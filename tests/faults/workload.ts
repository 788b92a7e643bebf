/**
 * Clients that put, get, delete and add until they are told to stop, each waiting for its answer before it goes on. Paths are few at a time, so
 * that clients meet on them, and are left after some operations, so that a history can be checked.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../support/random-from.ts';
import type { FaultCluster } from './fault-cluster.ts';
import { FileCalls, SharedSession } from './file-calls.ts';
import { Ledger } from './ledger.ts';

const KIB = 1024;
const PATHS_AT_ONCE = 5;
const OPERATIONS_PER_PATH = 16;
/** So many that the history of each stays short enough to be checked. */
const STILL_FILES_PER_READER = 20;
const SMALL_BYTES_MAX = 6 * KIB;
const ERROR_PAUSE_MS = 50;
const READER_PAUSE_MS = 20;
const PATIENCE_MS = 25_000;

export interface WorkloadOptions {
  readonly seed: string;
  readonly clients?: number;
  /** Clients that only get, so that reading is seen while writing waits. */
  readonly readers?: number;
  /** Files that are put before the clients begin and never again: some for each of these readers, so that reading is seen that waits for no write. */
  readonly stillReaders?: number;
  /** One in so many puts is larger than a blob; none when 0. */
  readonly largeOneIn?: number;
  readonly largeBytes?: number;
  /** After so many operations it ends by itself. */
  readonly operationsMax?: number;
  /** Between two operations of one client. */
  readonly pauseMs?: number;
  readonly patienceMs?: number;
}

interface SharedPath {
  readonly name: string;
  count: number;
  /** By readers, beyond the count. */
  gets: number;
}

export class Workload implements AsyncDisposable {
  readonly ledger: Ledger;
  readonly #cluster: FaultCluster;
  readonly #options: Required<WorkloadOptions>;
  readonly #random: () => number;
  readonly #session: SharedSession;
  readonly #paths: SharedPath[] = [];
  readonly #running: Promise<void>[] = [];
  #isOver = false;
  #pathCount = 0;
  /** Every workload has paths of its own, so that one may follow another in the same cluster. */
  readonly folder: string;
  /** Operations begun. */
  #count = 0;

  private constructor(cluster: FaultCluster, ledger: Ledger, options: WorkloadOptions) {
    this.#cluster = cluster;
    this.ledger = ledger;
    this.#options = {
      clients: 6,
      readers: 0,
      stillReaders: 0,
      largeOneIn: 60,
      largeBytes: 9 * KIB * KIB,
      operationsMax: Number.POSITIVE_INFINITY,
      pauseMs: 0,
      patienceMs: PATIENCE_MS,
      ...options,
    };
    this.folder = `load-${randomBytes(4).toString('hex')}`;
    this.#session = new SharedSession(() => cluster.gateway.signIn());
    this.#random = randomFrom(`workload ${options.seed}`);
  }

  /** Begins at once. */
  static async start(cluster: FaultCluster, options: WorkloadOptions): Promise<Workload> {
    const ledger = await Ledger.create(join(await mkdtemp(join(tmpdir(), 'netstore-ledger-')), 'ledger'));
    const workload = new Workload(cluster, ledger, options);
    const still = await workload.#putStill();
    for (const [index, paths] of still.entries()) workload.#running.push(workload.#stillReader(index, paths));
    for (let index = 0; index < workload.#options.clients; index += 1) workload.#running.push(workload.#client(index));
    for (let index = 0; index < workload.#options.readers; index += 1) workload.#running.push(workload.#reader(index));
    return workload;
  }

  /** Holds what was added, each name once. */
  get addedFolder(): string {
    return `${this.folder}/added`;
  }

  get count(): number {
    return this.#count;
  }

  /** The calls of one more client, which does what a test wants. */
  calls(name: string, gatewayIndex = 0, patienceMs = this.#options.patienceMs): FileCalls {
    const gateway = this.#cluster.gateways[gatewayIndex % this.#cluster.gateways.length] ?? this.#cluster.gateway;
    return new FileCalls({ name, url: () => gateway.url, session: this.#session, ledger: this.ledger, patienceMs });
  }

  /** Every client ends when its operation has. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.done();
  }

  /** Resolves when the clients have done what they were to do; rejects when one of them broke. */
  async done(): Promise<void> {
    await Promise.all(this.#running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled(this.#running);
    await this.ledger[Symbol.asyncDispose]();
    await rm(dirname(this.ledger.path), { recursive: true, force: true });
  }

  async #client(index: number): Promise<void> {
    const calls = this.calls(`client-${index}`, index);
    while (!this.#isOver && this.#count < this.#options.operationsMax) {
      this.#count += 1;
      const answer = await this.#operate(calls, this.#count);
      // A gateway that is down answers at once: a client that asks again at once would fill the ledger.
      if (answer === 'unknown') await sleep(ERROR_PAUSE_MS);
      if (this.#options.pauseMs > 0) await sleep(this.#options.pauseMs);
    }
  }

  /** The paths of each reader. */
  #putStill(): Promise<readonly string[][]> {
    const readers = Array.from({ length: this.#options.stillReaders }, async (_, reader) => {
      const calls = this.calls(`still-writer-${reader}`);
      const paths = Array.from({ length: STILL_FILES_PER_READER }, (_, index) => `${this.folder}/still/${reader}-${index}`);
      for (const path of paths) await calls.put(path, { seed: path, sizeBytes: SMALL_BYTES_MAX });
      return paths;
    });
    return Promise.all(readers);
  }

  async #stillReader(reader: number, paths: readonly string[]): Promise<void> {
    const calls = this.calls(`still-reader-${reader}`, reader);
    for (let turn = 0; !this.#isOver; turn += 1) {
      await calls.get(paths[turn % paths.length] as string);
      await sleep(READER_PAUSE_MS);
    }
  }

  async #reader(index: number): Promise<void> {
    const calls = this.calls(`reader-${index}`, index);
    while (!this.#isOver && this.#count < this.#options.operationsMax) {
      const path = this.#paths[Math.floor(this.#random() * this.#paths.length)];
      if (path !== undefined && path.gets < OPERATIONS_PER_PATH) {
        path.gets += 1;
        this.#count += 1;
        await calls.get(path.name);
      }
      await sleep(READER_PAUSE_MS);
    }
  }

  async #operate(calls: FileCalls, count: number): Promise<string> {
    const dice = this.#random();
    const seed = `${this.#options.seed} ${count}`;
    if (dice < 0.1) return (await calls.put(`${this.addedFolder}/${count}`, { seed, sizeBytes: this.#smallBytes() }, 'add')).outcome;
    const path = this.#path();
    if (dice < 0.45) return (await calls.put(path, { seed, sizeBytes: this.#bodyBytes() })).outcome;
    if (dice < 0.88) return (await calls.get(path)).outcome;
    return (await calls.remove(path)).outcome;
  }

  #path(): string {
    while (this.#paths.length < PATHS_AT_ONCE) {
      this.#pathCount += 1;
      this.#paths.push({ name: `${this.folder}/register/${this.#pathCount}`, count: 0, gets: 0 });
    }
    const index = Math.floor(this.#random() * this.#paths.length);
    const path = this.#paths[index] as SharedPath;
    path.count += 1;
    if (path.count >= OPERATIONS_PER_PATH) this.#paths.splice(index, 1);
    return path.name;
  }

  #smallBytes(): number {
    return 1 + Math.floor(this.#random() * SMALL_BYTES_MAX);
  }

  #bodyBytes(): number {
    const { largeOneIn, largeBytes } = this.#options;
    return largeOneIn > 0 && this.#random() * largeOneIn < 1 ? largeBytes : this.#smallBytes();
  }
}
