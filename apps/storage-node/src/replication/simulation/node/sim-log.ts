/** The log on the node's disk as the process sees it: `ReplicatedLog` without bytes. */
import type { Checker } from '../check/checker.ts';
import type { SimDisk } from '../world/disk.ts';
import type { Fiber } from '../world/fiber.ts';
import type { Position, SimRecord } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import { Turns } from './turns.ts';

export class SimLog {
  /** The disk has no room. */
  isFull = false;
  readonly #disk: SimDisk;
  readonly #checker: Checker;
  readonly #turns = new Turns();

  constructor(disk: SimDisk, checker: Checker) {
    this.#disk = disk;
    this.#checker = checker;
  }

  get last(): Position {
    return this.#disk.last;
  }

  get lastEpoch(): number {
    return this.#disk.lastEpoch;
  }

  /** Durable on return. Throws `NS_CONFLICT` when the records do not continue the log as it is when their turn comes. */
  append(records: readonly SimRecord[]): Fiber {
    return this.#turns.take(this.#append(records));
  }

  *#append(records: readonly SimRecord[]): Fiber {
    const disk = this.#disk;
    const first = records[0];
    if (first === undefined) return;
    if (first.seq !== disk.last.seq + 1 || first.previous !== disk.last.hash)
      throw new SimError('NS_CONFLICT', `record ${first.seq} does not continue the stored log, which ends at ${disk.last.seq}`);
    if (this.isFull) throw new SimError('NS_DISK_FULL', 'no room in the log');
    const tearAt = (): void => {
      disk.log.push(...records.slice(0, 1 + Math.floor(records.length / 2)));
    };
    yield* disk.write(() => disk.log.push(...records), tearAt);
  }

  /** Gone durably on return; what was there is kept elsewhere. */
  setAside(fromSeq: number): Fiber {
    return this.#turns.take(this.#cut(fromSeq));
  }

  *#cut(fromSeq: number): Fiber {
    const disk = this.#disk;
    if (fromSeq > disk.last.seq) return;
    this.#checker.setAside(disk, fromSeq);
    const cutAt = (seq: number): void => {
      disk.log = disk.log.slice(0, seq - 1);
    };
    // From the end on: a crash leaves a whole prefix.
    yield* disk.write(
      () => cutAt(fromSeq),
      () => cutAt(fromSeq + Math.floor((disk.last.seq - fromSeq + 1) / 2)),
    );
  }
}
