/**
 * A file that takes up room until the room is needed more: on a full disk it is given up, so that deletes, which free the rest, can
 * still be logged.
 */
import { randomBytes } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, isDiskFull, toDiskError } from '../log/disk-error.ts';
import { FILE_MODE, writeFully } from '../log/durable-file.ts';

export const BALLAST_BYTES = 64 * 1024 * 1024;
/** With less than this free there is no ballast: it would take the room it is there to keep. */
const FREE_BYTES_MIN = 1024 * 1024 * 1024;
const BLOCK_BYTES = 1024 * 1024;

export class Ballast {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes the room if there is plenty; says whether the ballast is there now. */
  async restore(): Promise<boolean> {
    try {
      if ((await this.#sizeBytes()) === BALLAST_BYTES) return true;
      const { bavail, bsize } = await statfs(dirname(this.#path));
      if (bavail * bsize < FREE_BYTES_MIN) return false;
      await this.#fill();
      return true;
    } catch (error) {
      await this.release();
      if (isDiskFull(error)) return false;
      throw toDiskError(error, `Making ${this.#path}`);
    }
  }

  /** Gives the room back; says whether there was any to give. */
  async release(): Promise<boolean> {
    const sizeBytes = await this.#sizeBytes();
    await rm(this.#path, { force: true });
    return sizeBytes > 0;
  }

  async #fill(): Promise<void> {
    await using handle = await open(this.#path, 'w', FILE_MODE);
    // Random, so that no file system makes less of it.
    const block = randomBytes(BLOCK_BYTES);
    for (let position = 0; position < BALLAST_BYTES; position += BLOCK_BYTES) await writeFully(handle, block, position);
  }

  async #sizeBytes(): Promise<number> {
    try {
      return (await stat(this.#path)).size;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 0;
      throw toDiskError(error, `Looking for ${this.#path}`);
    }
  }
}
