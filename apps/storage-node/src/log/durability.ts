/**
 * The only place that syncs, and what happens when a sync fails: the process ends.
 *
 * After a failed fsync the kernel marks the pages clean, so a second one succeeds though the bytes are lost. Nothing that
 * runs on after that knows what its disk holds. So nothing does: the promise of a failed sync never settles, no code
 * behind it acknowledges anything, and the next start proves what is there.
 */
import type { FileHandle } from 'node:fs/promises';
import { NetStoreError } from '@netstore/shared-types';

/** Ends the process at once. Tests put their own in its place; whatever it does, the failed operation stays pending for ever. */
export type OnFatal = (error: NetStoreError) => void;

/** EX_SOFTWARE of sysexits.h is the nearest word for it; a supervisor starts the node again and the start proves the disk. */
export const EXIT_DISK_FAILED = 70;

export function endProcess(error: NetStoreError): never {
  // Synchronous and without the logger: this line must be out before the process is gone.
  process.stderr.write(`${JSON.stringify({ level: 'fatal', code: error.code, msg: error.message })}\n`);
  process.exit(EXIT_DISK_FAILED);
}

export class Durability {
  readonly #onFatal: OnFatal;
  #hasFailed = false;

  constructor(onFatal: OnFatal = endProcess) {
    this.#onFatal = onFatal;
  }

  /** True once a sync has failed; only a process whose `onFatal` returned lives to see it. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** When it returns, the file's bytes and its length survive a power cut. Its name needs a sync of the folder. */
  async file(handle: FileHandle, path: string): Promise<void> {
    await this.#settle(handle.datasync(), `Sync of ${path}`);
  }

  /** When it returns, the names in the folder survive a power cut. */
  async folder(handle: FileHandle, path: string): Promise<void> {
    await this.#settle(handle.sync(), `Sync of folder ${path}`);
  }

  /** For every error of the disk behind which nobody knows what it holds. Never settles. */
  fail(error: unknown, doing: string): Promise<never> {
    this.#hasFailed = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#onFatal(
      new NetStoreError('NS_UNAVAILABLE', `${doing} failed, so this process can promise nothing more and ends: ${reason}`, {
        cause: error,
      }),
    );
    return pending();
  }

  async #settle(syncing: Promise<void>, doing: string): Promise<void> {
    try {
      await syncing;
    } catch (error) {
      return await this.fail(error, doing);
    }
    // Another sync failed meanwhile: this one's success must not be acknowledged either (invariant 16).
    if (this.#hasFailed) return await pending();
  }
}

function pending(): Promise<never> {
  return Promise.withResolvers<never>().promise;
}
