/** A folder kept open, so that making its names durable cannot fail for want of a descriptor, and costs one sync for all who wait. */
import { type FileHandle, open } from 'node:fs/promises';
import { toDiskError } from './disk-error.ts';
import type { Durability } from './durability.ts';

export class DurableFolder implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle | undefined;
  readonly #durability: Durability;
  #running: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  static async open(path: string, durability: Durability): Promise<DurableFolder> {
    try {
      // Windows cannot open folders; NTFS journals names on its own.
      return new DurableFolder(path, process.platform === 'win32' ? undefined : await open(path, 'r'), durability);
    } catch (error) {
      throw toDiskError(error, `Opening folder ${path}`);
    }
  }

  private constructor(path: string, handle: FileHandle | undefined, durability: Durability) {
    this.path = path;
    this.#handle = handle;
    this.#durability = durability;
  }

  /** When it returns, every name made, changed or removed before the call survives a power cut. */
  sync(): Promise<void> {
    // A sync that has not begun covers all who ask until it begins; one that has begun may have missed the caller's name.
    this.#waiting ??= this.#syncAfterRunning();
    return this.#waiting;
  }

  async #syncAfterRunning(): Promise<void> {
    await this.#running;
    if (this.#waiting !== undefined) this.#running = this.#waiting;
    this.#waiting = undefined;
    if (this.#handle !== undefined) await this.#durability.folder(this.#handle, this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#durability.hasFailed) return;
    await (this.#waiting ?? this.#running);
    await this.#handle?.close();
  }
}
