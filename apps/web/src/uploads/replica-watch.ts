/**
 * Follows freshly stored files until all replicas hold them. One listing by age answers for many files of a folder at
 * once, so that ten thousand small uploads do not become ten thousand questions.
 */
import type { Entry } from '@netstore/shared-types';
import { parentOf } from '../names/path.ts';

export interface WatchedFile {
  readonly space: string;
  readonly path: string;
}

export interface ReplicaWatchPorts {
  /** The newest entries of a folder, at most `limit`. */
  readonly newest: (space: string, folder: string, limit: number) => Promise<readonly Entry[]>;
  readonly entry: (space: string, path: string) => Promise<Entry>;
  readonly wait: (delayMs: number) => Promise<void>;
  readonly onEntry: (space: string, entry: Entry) => void;
}

interface Watched extends WatchedFile {
  asked: number;
}

/** A file is asked about this often, ever more rarely, and then left to the listing: over ten minutes in all. */
const ASKED_MAX = 40;
const DELAY_MS_MIN = 700;
const DELAY_MS_MAX = 20_000;
const LISTED_MAX = 1000;
const WATCHED_MAX = 100_000;

export class ReplicaWatch {
  readonly #ports: ReplicaWatchPorts;
  readonly #watched = new Map<string, Watched>();
  #isRunning = false;
  #delayMs = DELAY_MS_MIN;

  constructor(ports: ReplicaWatchPorts) {
    this.#ports = ports;
  }

  add({ space, path }: WatchedFile): void {
    if (this.#watched.size >= WATCHED_MAX) return;
    this.#watched.set(`${space}/${path}`, { space, path, asked: 0 });
    this.#delayMs = DELAY_MS_MIN;
    if (!this.#isRunning) void this.#run();
  }

  clear(): void {
    this.#watched.clear();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#watched.size > 0) {
      await this.#ports.wait(this.#delayMs);
      this.#delayMs = Math.min(DELAY_MS_MAX, this.#delayMs * 1.4);
      const [first] = this.#watched.values();
      if (first !== undefined) await this.#ask(first);
    }
    this.#isRunning = false;
  }

  /** Asks about the folder of the file that has waited longest, or about the file alone. */
  async #ask(first: Watched): Promise<void> {
    const folder = parentOf(first.path);
    const siblings = [...this.#watched.values()].filter((other) => other.space === first.space && parentOf(other.path) === folder);
    const isAlone = siblings.length === 1 || first.asked % 2 === 1;
    const asked = isAlone ? [first] : siblings;
    for (const file of asked) this.#postpone(file);
    try {
      const entries = isAlone
        ? [await this.#ports.entry(first.space, first.path)]
        : await this.#ports.newest(first.space, folder, Math.min(LISTED_MAX, siblings.length * 2));
      for (const entry of entries) this.#take(first.space, entry);
    } catch {
      // The server is away or the file is gone: asked again until its number of questions is used up.
    }
  }

  #postpone(file: Watched): void {
    const key = `${file.space}/${file.path}`;
    this.#watched.delete(key);
    file.asked += 1;
    if (file.asked < ASKED_MAX) this.#watched.set(key, file);
  }

  #take(space: string, entry: Entry): void {
    const key = `${space}/${entry.path}`;
    if (!this.#watched.has(key) || entry.replicas === null) return;
    if (entry.replicas.durable >= entry.replicas.total) this.#watched.delete(key);
    this.#ports.onEntry(space, entry);
  }
}
