/**
 * The two files VOTE.a and VOTE.b as one place for votes: finds the newest, writes the next. Knows slots and generations; what
 * may be promised is vote.ts's business.
 *
 * Generation g goes to file a or b in turn, and within the file to its two slots in turn. So a write never touches the slot
 * of the newest vote, nor that of the one before it.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, isDiskFull, toDiskError } from '../log/disk-error.ts';
import type { Durability } from '../log/durability.ts';
import { readFully, writeFileDurably, writeFully } from '../log/durable-file.ts';
import { encodeVote, parseVote, VOTE_FILE_BYTES, VOTE_SLOT_BYTES, VOTE_SLOT_OFFSETS, type Vote } from './vote-slot.ts';

export const VOTE_FILES = ['VOTE.a', 'VOTE.b'] as const;

/** The newest sound vote of one file; `missing` when there is no file, `damaged` when no slot of it can be read. */
export type FoundVote = Vote | 'missing' | 'damaged';

export class VoteFiles implements AsyncDisposable {
  readonly #paths: readonly [string, string];
  readonly #handles: readonly [FileHandle, FileHandle];
  readonly #durability: Durability;

  static async find(dataDir: string): Promise<[FoundVote, FoundVote]> {
    return [await findVote(join(dataDir, VOTE_FILES[0])), await findVote(join(dataDir, VOTE_FILES[1]))];
  }

  /** Makes what is missing, at full length, with `vote` in it. */
  static async open(dataDir: string, vote: Vote, durability: Durability): Promise<VoteFiles> {
    const paths: [string, string] = [join(dataDir, VOTE_FILES[0]), join(dataDir, VOTE_FILES[1])];
    for (const path of paths) {
      if ((await findVote(path)) === 'missing')
        await writeFileDurably(path, [encodeVote(vote), Buffer.alloc(VOTE_FILE_BYTES - VOTE_SLOT_BYTES)], durability);
    }
    const first = await openVoteFile(paths[0]);
    try {
      return new VoteFiles(paths, [first, await openVoteFile(paths[1])], durability);
    } catch (error) {
      await first.close();
      throw error;
    }
  }

  private constructor(paths: readonly [string, string], handles: readonly [FileHandle, FileHandle], durability: Durability) {
    this.#paths = paths;
    this.#handles = handles;
    this.#durability = durability;
  }

  /** Durable on return. Throws `NS_DISK_FULL` on a file system that needs room to overwrite; the votes before stand. */
  async write(vote: Vote): Promise<void> {
    const index = vote.generation % 2 === 0 ? 0 : 1;
    const offset = VOTE_SLOT_OFFSETS[Math.floor(vote.generation / 2) % 2 === 0 ? 0 : 1];
    try {
      await writeFully(this.#handles[index], encodeVote(vote), offset);
    } catch (error) {
      if (isDiskFull(error)) throw toDiskError(error, `Writing ${this.#paths[index]}`);
      return await this.#durability.fail(error, `Writing ${this.#paths[index]}`);
    }
    await this.#durability.file(this.#handles[index], this.#paths[index]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.close()));
  }
}

async function openVoteFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    throw toDiskError(error, `Opening ${path}`);
  }
}

async function findVote(path: string): Promise<FoundVote> {
  try {
    await using handle = await open(path, 'r');
    const votes = await Promise.all(VOTE_SLOT_OFFSETS.map((offset) => readSlot(handle, offset)));
    const sound = votes.filter((vote) => vote !== undefined);
    return sound.reduce<FoundVote>(
      (newest, vote) => (typeof newest === 'string' || vote.generation > newest.generation ? vote : newest),
      'damaged',
    );
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'missing';
    throw toDiskError(error, `Reading ${path}`);
  }
}

async function readSlot(handle: FileHandle, offset: number): Promise<Vote | undefined> {
  const bytes = Buffer.alloc(VOTE_SLOT_BYTES);
  try {
    await readFully(handle, bytes, offset);
  } catch (error) {
    // A sector that cannot be read is a damaged slot; the other slots have their own.
    if (errnoOf(error) === 'EIO') return undefined;
    throw error;
  }
  return parseVote(bytes);
}
