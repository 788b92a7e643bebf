/**
 * The folder that an export is written to. Nothing in it is ever overwritten: it has to be empty at first, and every file and folder is made
 * new. A name that the system does not take, or takes for one that is there already, is replaced by another one, which is reported.
 */
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { errnoOf, toDiskError, unlessAbsent } from '../log/disk-error.ts';
import { diskNameOf, markOf, otherNameOf } from './disk-name.ts';

/** The system does not take the name, or has one that it takes for the same. */
const REFUSED = new Set(['EEXIST', 'ENAMETOOLONG', 'EINVAL', 'EILSEQ', 'ENOENT']);
/** At its top. */
export const FILES = 'files';
export const VERSIONS = 'versions';
/** Where things go whose path is too long for the system. */
const LONG_PATHS = '~long-paths';

/** Places are paths from the top, with slashes. */
export class ExportFolder {
  /** Whole path of the top. */
  readonly path: string;
  readonly #platform: NodeJS.Platform;

  /** Makes it if it is absent. Throws `NS_BAD_REQUEST` when something is in it or it is part of `dataDir`. */
  static async open(path: string, dataDir: string, platform: NodeJS.Platform = process.platform): Promise<ExportFolder> {
    const whole = resolve(path);
    if (isWithin(dataDir, whole)) {
      throw new NetStoreError('NS_BAD_REQUEST', `${whole} lies in the data directory itself: choose another place`);
    }
    try {
      const names = (await unlessAbsent(() => readdir(whole))) ?? [];
      if (names.length > 0) {
        const some = names.slice(0, 3).join(', ');
        throw new NetStoreError(
          'NS_BAD_REQUEST',
          `${whole} is not empty (it holds ${some}): nothing is overwritten, so choose an empty or a new folder`,
        );
      }
      await mkdir(whole, { recursive: true });
    } catch (error) {
      throw toDiskError(error, `Preparing ${whole}`);
    }
    return new ExportFolder(whole, platform);
  }

  private constructor(path: string, platform: NodeJS.Platform) {
    this.path = path;
    this.#platform = platform;
  }

  /** Whole paths of what there is at the top. */
  get written(): readonly string[] {
    return [FILES, VERSIONS, LONG_PATHS].map((name) => join(this.path, name)).filter((path) => existsSync(path));
  }

  /** Makes a folder for what users call `name`, and gives its path from the top. */
  async makeFolder(parent: string, name: string): Promise<string> {
    const { place } = await this.#make(parent, name, async (path) => {
      await mkdir(path);
    });
    return place;
  }

  /** Makes an empty file for what users call `name`. */
  async makeFile(parent: string, name: string): Promise<{ readonly place: string; readonly handle: FileHandle }> {
    const { place, made } = await this.#make(parent, name, (path) => open(path, 'wx'));
    return { place, handle: made };
  }

  async makeFolders(place: string): Promise<void> {
    await mkdir(this.#at(place), { recursive: true });
  }

  /** Takes away what could not be finished. */
  async remove(place: string): Promise<void> {
    await rm(this.#at(place), { force: true });
  }

  async setTime(place: string, modifiedAtMs: number): Promise<void> {
    const time = new Date(modifiedAtMs);
    await utimes(this.#at(place), time, time);
  }

  /** A file that gets its name when it is complete. */
  async writeLast(name: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
    const unfinished = join(this.path, `${name}.unfinished`);
    await using handle = await open(unfinished, 'wx');
    await write(handle);
    await handle.sync();
    await rename(unfinished, join(this.path, name));
    await using top = await open(this.path, 'r');
    await top.sync();
  }

  #at(place: string): string {
    return join(this.path, place.replaceAll('/', sep));
  }

  async #make<Made>(parent: string, name: string, make: (path: string) => Promise<Made>): Promise<{ place: string; made: Made }> {
    const names = [diskNameOf(name, this.#platform), otherNameOf(name, this.#platform)];
    const places = [...names.map((each) => `${parent}/${each}`), `${LONG_PATHS}/${markOf(`${parent}/${name}`)}`];
    for (const place of places) {
      try {
        if (dirname(place) === LONG_PATHS) await this.makeFolders(LONG_PATHS);
        return { place, made: await make(this.#at(place)) };
      } catch (error) {
        if (place === places.at(-1) || !REFUSED.has(errnoOf(error) ?? '')) throw toDiskError(error, `Writing ${this.#at(place)}`);
      }
    }
    throw new NetStoreError('NS_INTERNAL', `No name was tried for ${parent}/${name}`);
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
