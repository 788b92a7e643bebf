/**
 * The uploads of this page: the queue bound to the network, the listings and the watch over replicas, and the ways in
 * which files enter it.
 */
import type { ApiClient } from '../api/api-client.ts';
import { ApiProblem } from '../api/api-problem.ts';
import { entryOf } from '../api/entry-of.ts';
import type { FilesApi } from '../api/files-api.ts';
import { newIdempotencyKey } from '../api/idempotency-key.ts';
import type { ListingCache } from '../api/listing-cache.ts';
import { joinPath } from '../names/path.ts';
import type { DropFinding } from './drop-tree.ts';
import { ReplicaWatch } from './replica-watch.ts';
import { sendFile } from './send-file.ts';
import { type NewFile, UploadQueue } from './upload-queue.ts';

export interface UploadSurroundings {
  readonly client: ApiClient;
  readonly files: FilesApi;
  readonly listings: ListingCache;
  /** Tells the user what could not be taken up. */
  readonly onTrouble: (message: string) => void;
}

export interface UploadTarget {
  readonly space: string;
  readonly folder: string;
}

const TELL_MS = 120;
/** Findings of a drop are handed on in groups, so that sending begins before a large tree is read. */
const GROUP_SIZE = 200;

export class PageUploads {
  readonly queue: UploadQueue;
  readonly #surroundings: UploadSurroundings;
  readonly #watch: ReplicaWatch;
  readonly #uploadIds = new Map<string, number>();

  constructor(surroundings: UploadSurroundings) {
    this.#surroundings = surroundings;
    const { client, files, listings } = surroundings;
    this.queue = new UploadQueue({
      send: (upload, options) => sendFile({ client, files, listings }, upload, options),
      newKey: newIdempotencyKey,
      wait,
      signedIn: (signal) => signedIn(client, signal),
      soon: (task) => window.setTimeout(task, TELL_MS),
      onStored: (upload, entry) => {
        listings.put(upload.space, entry);
        if (entry.replicas === null || entry.replicas.durable >= entry.replicas.total) return;
        this.#uploadIds.set(`${upload.space}/${entry.path}`, upload.id);
        this.#watch.add({ space: upload.space, path: entry.path });
      },
    });
    this.#watch = new ReplicaWatch({
      newest: async (space, folder, limit) =>
        (await files.list({ space, folder, sort: 'modifiedAt', order: 'desc' }, { cursor: null, limit })).entries,
      entry: (space, path) => files.detail(space, path).then(entryOf, undefinedWhereGone),
      wait: (delayMs) => wait(delayMs),
      onEntry: (space, entry) => {
        listings.put(space, entry);
        const id = this.#uploadIds.get(`${space}/${entry.path}`);
        if (id !== undefined && entry.replicas !== null) this.queue.noteReplicas(id, entry.replicas);
      },
    });
  }

  /** Takes files from a file chooser; those of a chosen folder bring their relative paths. */
  addFiles(target: UploadTarget, files: readonly File[]): void {
    const taken = files.map((file) => placed(target, (file.webkitRelativePath || file.name).normalize('NFC'), file));
    this.#add(this.queue.openBatch(), target, taken);
  }

  /** Takes what was dropped, in groups while it is still being read. */
  async addDrop(target: UploadTarget, findings: AsyncIterable<DropFinding>): Promise<void> {
    const batch = this.queue.openBatch();
    let group: NewFile[] = [];
    const emptyFolders: string[] = [];
    let unreadable = 0;
    for await (const finding of findings) {
      if (finding.kind === 'file') group.push(placed(target, finding.path, finding.file));
      else if (finding.kind === 'empty-folder') emptyFolders.push(joinPath(target.folder, finding.path));
      else unreadable += 1;
      if (group.length < GROUP_SIZE) continue;
      if (!this.#add(batch, target, group)) return;
      group = [];
    }
    this.#add(batch, target, group);
    if (unreadable > 0) this.#surroundings.onTrouble(`${unreadable} of the dropped files or folders could not be read and were left out.`);
    await this.#makeFolders(target, emptyFolders);
  }

  clear(): void {
    this.#watch.clear();
    this.#uploadIds.clear();
    this.queue.clear();
  }

  #add(batch: number, target: UploadTarget, files: readonly NewFile[]): boolean {
    const taken = this.queue.add(batch, target.space, files);
    if (taken < files.length)
      this.#surroundings.onTrouble('These are more files than the page can hold at once. Upload the rest when these are done.');
    return taken === files.length;
  }

  async #makeFolders(target: UploadTarget, paths: readonly string[]): Promise<void> {
    let failed = 0;
    for (const path of paths) await this.#surroundings.files.makeFolder(target.space, path).catch(() => (failed += 1));
    if (failed > 0) this.#surroundings.onTrouble(`${failed} empty folders were not made.`);
    if (paths.length > 0) await this.#surroundings.listings.refetch(target.space, target.folder);
  }
}

function undefinedWhereGone(thrown: unknown): undefined {
  if (!(thrown instanceof ApiProblem) || thrown.status !== 404) throw thrown;
}

function placed(target: UploadTarget, path: string, file: File): NewFile {
  return { path: joinPath(target.folder, path), file };
}

/** Resolves after the delay, or at once when the signal aborts. */
async function wait(delayMs: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = window.setTimeout(resolve, delayMs);
  signal?.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  window.clearTimeout(timer);
}

async function signedIn(client: ApiClient, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = (): void => {
    if (signal.aborted || client.session.state.get().kind === 'signed-in') resolve();
  };
  const stop = client.session.state.subscribe(check);
  signal.addEventListener('abort', check, { once: true });
  check();
  await promise;
  stop();
}
