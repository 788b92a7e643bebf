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
  /** `undefined` when the file is gone. */
  readonly entry: (space: string, path: string) => Promise<Entry | undefined>;
  readonly wait: (delayMs: number) => Promise<void>;
  readonly onEntry: (space: string, entry: Entry) => void;
}

interface Watched extends WatchedFile {
  asked: number;
}

/** A file is asked about this often, ever more rarely, and then left to the listing: over ten minutes in all. */
const ASKED_MAX = 40;
/** Folders asked about in one round. */
const FOLDERS_MAX = 4;
const DELAY_MS_MIN = 500;
const DELAY_MS_MAX = 20_000;
const DELAY_GROWTH = 1.4;
const LISTED_MAX = 1000;
const WATCHED_MAX = 100_000;

const keyOf = ({ space, path }: WatchedFile): string => `${space}/${path}`;

export class ReplicaWatch {
  readonly #ports: ReplicaWatchPorts;
  /** Those that were asked about longest ago come first. */
  readonly #watched = new Map<string, Watched>();
  #isRunning = false;
  #delayMs = DELAY_MS_MIN;

  constructor(ports: ReplicaWatchPorts) {
    this.#ports = ports;
  }

  add({ space, path }: WatchedFile): void {
    if (this.#watched.size >= WATCHED_MAX) return;
    this.#watched.set(keyOf({ space, path }), { space, path, asked: 0 });
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
      const before = this.#watched.size;
      await Promise.all(this.#oldestFolders().map((files) => this.#ask(files)));
      const hasProgress = this.#watched.size < before;
      this.#delayMs = hasProgress ? DELAY_MS_MIN : Math.min(DELAY_MS_MAX, this.#delayMs * DELAY_GROWTH);
    }
    this.#isRunning = false;
  }

  #oldestFolders(): Watched[][] {
    const folders = new Map<string, Watched[]>();
    for (const file of this.#watched.values()) {
      const folder = keyOf({ space: file.space, path: parentOf(file.path) });
      const files = folders.get(folder);
      if (files !== undefined) files.push(file);
      else if (folders.size < FOLDERS_MAX) folders.set(folder, [file]);
    }
    return [...folders.values()];
  }

  /** Asks about files of one folder: by its listing where they are many, and by name for one that the listing does not show. */
  async #ask(files: readonly Watched[]): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    for (const file of files) this.#postpone(file);
    try {
      const shown = new Set<string>();
      if (files.length > 1) {
        const limit = Math.min(LISTED_MAX, files.length * 2);
        for (const entry of await this.#ports.newest(first.space, parentOf(first.path), limit)) {
          shown.add(entry.path);
          this.#take(first.space, entry);
        }
      }
      const hidden = files.find((file) => !shown.has(file.path));
      if (hidden !== undefined) await this.#askByName(hidden);
    } catch {
      // The server is away: asked again until the number of questions is used up.
    }
  }

  async #askByName(file: Watched): Promise<void> {
    const entry = await this.#ports.entry(file.space, file.path);
    if (entry === undefined) this.#watched.delete(keyOf(file));
    else this.#take(file.space, entry);
  }

  #postpone(file: Watched): void {
    this.#watched.delete(keyOf(file));
    file.asked += 1;
    if (file.asked < ASKED_MAX) this.#watched.set(keyOf(file), file);
  }

  #take(space: string, entry: Entry): void {
    const key = keyOf({ space, path: entry.path });
    if (!this.#watched.has(key) || entry.replicas === null) return;
    if (entry.replicas.durable >= entry.replicas.total) this.#watched.delete(key);
    this.#ports.onEntry(space, entry);
  }
}
