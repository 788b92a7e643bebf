/**
 * What one machine's disk holds. A write counts once it is synced; what a crash finds in the middle of it survives whole, in part or not at all.
 * A process reads its disk when it starts; while it runs, only that process changes it.
 */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { CatalogueState } from './catalogue-state.ts';
import { EMPTY_CATALOGUE } from './catalogue-state.ts';
import type { DiskSeen } from './disk-seen.ts';
import type { Fiber } from './fiber.ts';
import type { Random } from './random.ts';
import { LOG_START, type Position, type SimRecord } from './record.ts';

export interface SimVote {
  readonly epoch: number;
  readonly candidate: NodeId | null;
  readonly mark: Position;
  readonly generation: number;
}

const NO_VOTE: SimVote = { epoch: 0, candidate: null, mark: LOG_START, generation: 0 };

/** However slow the disk is, a write ends. */
const WRITE_MS_MAX = 6_000;

interface PendingWrite {
  readonly tear: () => void;
}

export interface DiskImage {
  readonly incarnation: Incarnation | null;
  readonly log: readonly SimRecord[];
  readonly vote: SimVote;
  readonly seen: readonly DiskSeen[];
  readonly catalogue: CatalogueState;
  readonly blobs: ReadonlyMap<string, 'held' | 'damaged'>;
}

export class SimDisk {
  incarnation: Incarnation | null = null;
  /** Synced. */
  log: SimRecord[] = [];
  vote: SimVote = NO_VOTE;
  /** PEERS. */
  seen: readonly DiskSeen[] = [];
  /** As the process last wrote it; `synced` is what a power cut leaves of it at the least. */
  catalogue: CatalogueState = EMPTY_CATALOGUE;
  #syncedCatalogues: CatalogueState[] = [EMPTY_CATALOGUE];
  /** `damaged`: in quarantine, or bad and not found yet. */
  blobs = new Map<string, 'held' | 'damaged'>();
  /** Every write takes longer by this factor. */
  slowness = 1;
  readonly #random: Random;
  readonly #pending = new Set<PendingWrite>();

  constructor(random: Random) {
    this.#random = random;
  }

  get last(): Position {
    return this.log.at(-1) ?? LOG_START;
  }

  get lastEpoch(): number {
    return this.log.at(-1)?.epoch ?? 0;
  }

  recordAt(seq: number): SimRecord | undefined {
    return this.log[seq - 1];
  }

  /** Takes its time and counts when it returns. `tear`: what is left when the machine dies in the middle. */
  *write(commit: () => void, tear: () => void): Fiber {
    const write = { tear };
    this.#pending.add(write);
    const isSlow = this.#random.chance(0.02);
    yield { ms: Math.min(WRITE_MS_MAX, this.#random.between(0.2, isSlow ? 60 : 3) * this.slowness), isFirm: true };
    this.#pending.delete(write);
    commit();
  }

  /** Of a SQLite file: a transaction survives the process at once, and a power cut only from its next checkpoint on. */
  saveCatalogue(state: CatalogueState, isSecured: boolean): void {
    this.catalogue = state;
    if (isSecured || this.#random.chance(0.2)) this.#syncedCatalogues = [state];
    else this.#syncedCatalogues.push(state);
  }

  /** The process is gone; with `isPowerCut` also what the operating system had not written yet. */
  crash(isPowerCut: boolean): void {
    for (const { tear } of this.#pending) if (this.#random.chance(isPowerCut ? 0.5 : 0.8)) tear();
    this.#pending.clear();
    if (isPowerCut) this.catalogue = this.#random.pick(this.#syncedCatalogues);
    this.#syncedCatalogues = [this.catalogue];
  }

  /** Records from `fromSeq` on cannot be read any more: the log ends before them. */
  damageLog(fromSeq: number): void {
    this.log = this.log.slice(0, fromSeq - 1);
  }

  get image(): DiskImage {
    const { incarnation, log, vote, seen, catalogue, blobs } = this;
    return { incarnation, log: [...log], vote, seen, catalogue, blobs: new Map(blobs) };
  }

  restore(image: DiskImage): void {
    this.incarnation = image.incarnation;
    this.log = [...image.log];
    this.vote = image.vote;
    this.seen = image.seen;
    this.catalogue = image.catalogue;
    this.#syncedCatalogues = [image.catalogue];
    this.blobs = new Map(image.blobs);
  }
}
