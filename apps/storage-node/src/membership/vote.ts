/**
 * VOTE: what this node has promised and acknowledged, durable before anybody hears of it. It forgets neither through crashes
 * nor power cuts, and would rather refuse to start than guess.
 *
 * A promise is written to both files before it counts, and every later write carries it on: whichever file rots, the
 * other one still has it. An acknowledgement is written to one file, in turn: if that one rots, the mark is one step older,
 * and the records behind it are still in the log.
 */
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import { Durability, type OnFatal } from '../log/durability.ts';
import { readIdentity } from './identity.ts';
import { type FoundVote, VOTE_FILES, VoteFiles } from './vote-files.ts';
import type { Vote } from './vote-slot.ts';

export type { Vote };

const NO_VOTE: Vote = { epoch: 0, candidate: null, acknowledged: { seq: 0, hash: new Uint8Array(32) }, generation: 0 };
const WAY_OUT =
  'This node may not vote, so it does not start, and nothing was changed. Move this data directory away (do not delete it) and start the node with an empty one: the others give it everything again';

export interface AcknowledgeOptions {
  /** For a suffix that is about to be set aside: without it, a lower position is covered by the higher one and nothing is written. */
  readonly allowLower?: boolean;
}

interface WaitingMark {
  position: LogPosition;
  allowLower: boolean;
  readonly durable: Promise<void>;
}

export class VoteStore implements AsyncDisposable {
  /** Files that were there and unreadable when the store was opened; the other one had the promise. Worth a warning. */
  readonly damagedFiles: readonly string[];
  readonly #files: VoteFiles;
  readonly #durability: Durability;
  #current: Vote;
  /** Of the last write that was begun: a failed one may have left its generation behind. */
  #generation: number;
  #turn: Promise<void> = Promise.resolve();
  #waitingMark: WaitingMark | undefined;
  #isClosed = false;

  /**
   * Starts with the newest sound vote, written once more to both files: it may have come from the page cache of a process whose sync
   * failed. Throws `NS_DATA_DIRECTORY` when there was a promise and it cannot be read.
   */
  static async open(dataDir: string, { onFatal }: { readonly onFatal?: OnFatal } = {}): Promise<VoteStore> {
    const durability = new Durability(onFatal);
    const found = await VoteFiles.find(dataDir);
    const newest = newestOf(found) ?? (await firstVote(dataDir, found));
    const files = await VoteFiles.open(dataDir, newest, durability);
    const damagedFiles = VOTE_FILES.filter((_, index) => found[index] === 'damaged');
    const store = new VoteStore(newest, { files, durability, damagedFiles });
    try {
      await store.#writeToBoth(newest);
      return store;
    } catch (error) {
      await files[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(current: Vote, parts: { files: VoteFiles; durability: Durability; damagedFiles: readonly string[] }) {
    this.#current = current;
    this.#generation = current.generation;
    this.#files = parts.files;
    this.#durability = parts.durability;
    this.damagedFiles = parts.damagedFiles;
  }

  /** What is durable. */
  get current(): Vote {
    return this.#current;
  }

  /** Durable in both files on return. Throws `NS_FENCED` for a lower epoch, or for another candidate in the same one. */
  promise(epoch: number, candidate: NodeId): Promise<void> {
    return this.#inTurn(async () => {
      const { epoch: promised, candidate: holder } = this.#current;
      if (epoch < promised)
        throw new NetStoreError('NS_FENCED', `Epoch is too old: requested ${epoch}, promised ${promised}`, {
          details: { epoch: promised },
        });
      if (epoch === promised) {
        if (candidate === holder) return;
        throw new NetStoreError('NS_FENCED', `Epoch is taken: ${epoch} is promised to ${holder ?? 'nobody'}, requested for ${candidate}`, {
          details: { epoch: promised },
        });
      }
      await this.#writeToBoth({ ...this.#current, epoch, candidate });
    });
  }

  /**
   * Durable on return; the records up to there must be durable before. Calls that wait at the same time share one write. Throws `NS_CONFLICT`
   * for another record at the same seq.
   */
  acknowledge(position: LogPosition, { allowLower = false }: AcknowledgeOptions = {}): Promise<void> {
    const waiting = this.#waitingMark;
    if (waiting === undefined) {
      const durable = this.#inTurn(() => this.#writeMark());
      this.#waitingMark = { position, allowLower, durable };
      return durable;
    }
    if (!allowLower && isOther(waiting.position, position)) return Promise.reject(twoRecords(position.seq));
    if (allowLower || position.seq > waiting.position.seq) waiting.position = position;
    waiting.allowLower ||= allowLower;
    return waiting.durable;
  }

  /** Waits for what was asked for before. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (this.#durability.hasFailed) return;
    await this.#turn;
    await this.#files[Symbol.asyncDispose]();
  }

  async #writeMark(): Promise<void> {
    const waiting = this.#waitingMark;
    this.#waitingMark = undefined;
    if (waiting === undefined) return;
    const { acknowledged } = this.#current;
    if (!waiting.allowLower) {
      if (isOther(acknowledged, waiting.position)) throw twoRecords(waiting.position.seq);
      if (waiting.position.seq <= acknowledged.seq) return;
    }
    await this.#write({ ...this.#current, acknowledged: { seq: waiting.position.seq, hash: Buffer.from(waiting.position.hash) } });
  }

  async #writeToBoth(vote: Vote): Promise<void> {
    const before = this.#current;
    try {
      await this.#write(vote);
      await this.#write(vote);
    } catch (error) {
      // In one file alone it does not count; the next write takes its place.
      this.#current = before;
      throw error;
    }
  }

  async #write(vote: Vote): Promise<void> {
    this.#generation += 1;
    const written = { ...vote, generation: this.#generation };
    await this.#files.write(written);
    this.#current = written;
  }

  /** One write at a time: each is decided on what the one before made durable. */
  #inTurn(run: () => Promise<void>): Promise<void> {
    if (this.#isClosed) return Promise.reject(new NetStoreError('NS_UNAVAILABLE', 'Votes are closed'));
    const running = this.#turn.then(run);
    this.#turn = running.catch(() => undefined);
    return running;
  }
}

function newestOf(found: readonly FoundVote[]): Vote | undefined {
  const sound = found.filter((vote) => typeof vote !== 'string');
  return sound.reduce<Vote | undefined>(
    (newest, vote) => (newest === undefined || vote.generation > newest.generation ? vote : newest),
    undefined,
  );
}

async function firstVote(dataDir: string, found: readonly FoundVote[]): Promise<Vote> {
  if (found.includes('damaged')) {
    const states = VOTE_FILES.map((file, index) => `${file} is ${String(found[index])}`).join(', ');
    throw new NetStoreError('NS_DATA_DIRECTORY', `What this node promised cannot be read: ${states}. ${WAY_OUT}.`);
  }
  // The votes are there before the identity is: without them the disk lost them.
  if ((await readIdentity(dataDir)) !== undefined) {
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `What this node promised is gone: it has an identity, but neither ${VOTE_FILES.join(' nor ')}. ${WAY_OUT}.`,
    );
  }
  return NO_VOTE;
}

function isOther(one: LogPosition, other: LogPosition): boolean {
  return one.seq === other.seq && Buffer.compare(one.hash, other.hash) !== 0;
}

function twoRecords(seq: number): NetStoreError {
  return new NetStoreError('NS_CONFLICT', `Another record ${seq} was acknowledged before`);
}
