/** The whole log in memory, with what is on its way to the disk at its end: `LogTail` without limits. */
import type { Aborted } from '../../aborted.ts';
import type { SimDisk } from '../world/disk.ts';
import { LOG_START, type Position, type SimRecord } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import type { SimMembers } from './sim-members.ts';

export class SimTail {
  readonly #records: SimRecord[];
  readonly #disk: SimDisk;
  readonly #members: SimMembers;
  readonly #aborted: Aborted;

  constructor(disk: SimDisk, members: SimMembers, aborted: Aborted) {
    this.#records = [...disk.log];
    this.#disk = disk;
    this.#members = members;
    this.#aborted = aborted;
    members.learn(disk.catalogue.members, disk.catalogue.seq);
    this.#announce(this.#records.slice(disk.catalogue.seq));
  }

  #announce(records: readonly SimRecord[]): void {
    for (const { seq, body } of records) if (body.kind === 'new-epoch') this.#aborted.declared(seq, body.aborted);
    this.#members.logged(records.flatMap(({ seq, body }) => (body.kind === 'operation' ? [] : [{ seq, members: body.members }])));
  }

  /** The last record there is, durable or on its way. */
  get last(): Position {
    return this.#records.at(-1) ?? LOG_START;
  }

  get durableSeq(): number {
    return this.#disk.last.seq;
  }

  push(records: readonly SimRecord[]): void {
    const first = records[0];
    if (first === undefined) return;
    if (first.seq !== this.last.seq + 1 || first.previous !== this.last.hash)
      throw new SimError('NS_CONFLICT', `record ${first.seq} does not continue the log, which ends at ${this.last.seq}`);
    this.#records.push(...records);
    this.#announce(records);
  }

  /** These could not be written, or not all of them. */
  forgetUnwritten(records: readonly SimRecord[]): void {
    const first = records[0];
    if (first !== undefined) this.truncate(Math.max(first.seq, this.durableSeq + 1));
  }

  /** Forgets the records from `seq` on. */
  truncate(seq: number): void {
    if (this.#records.length >= seq) this.#records.length = seq - 1;
    this.#members.truncated(seq);
    this.#aborted.truncated(seq);
  }

  recordAt(seq: number): SimRecord | undefined {
    return this.#records[seq - 1];
  }

  positionAt(seq: number): Position | undefined {
    return seq === 0 ? LOG_START : this.#records[seq - 1];
  }

  /** At most `count` records from `fromSeq` on. */
  read(fromSeq: number, count: number): SimRecord[] {
    return this.#records.slice(fromSeq - 1, fromSeq - 1 + count);
  }
}
