/** VOTE as the process sees it: `VoteStore` without files. Votes are written one at a time, marks that wait together share one write. */
import type { NodeId } from '@netstore/shared-types';
import type { Rules } from '../rules.ts';
import type { SimDisk, SimVote as StoredVote } from '../world/disk.ts';
import { type Fiber, SimPulse } from '../world/fiber.ts';
import type { Position } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import { Turns } from './turns.ts';

interface WaitingMark {
  position: Position;
  allowLower: boolean;
  readonly written: SimPulse;
  isWritten: boolean;
  error: SimError | undefined;
}

export class SimVote {
  /** What is durable. */
  current: StoredVote;
  readonly #disk: SimDisk;
  readonly #rules: Rules;
  readonly #turns = new Turns();
  #waiting: WaitingMark | undefined;

  constructor(disk: SimDisk, rules: Rules) {
    this.#disk = disk;
    this.#rules = rules;
    this.current = disk.vote;
  }

  /** Durable on return. Throws `NS_FENCED` for a lower epoch, or for another candidate in the same one. */
  promise(epoch: number, candidate: NodeId): Fiber {
    return this.#turns.take(this.#promise(epoch, candidate));
  }

  *#promise(epoch: number, candidate: NodeId): Fiber {
    const { epoch: promised, candidate: holder } = this.current;
    if (epoch < promised) throw new SimError('NS_FENCED', `requested ${epoch}, promised ${promised}`, promised);
    if (epoch === promised && candidate !== holder) throw new SimError('NS_FENCED', `${epoch} is promised to ${holder}`, promised);
    if (epoch === promised) return;
    if (!this.#rules.isPromiseSynced) {
      this.current = { ...this.current, epoch, candidate };
      return;
    }
    // Once in each of the two files.
    yield* this.#write({ epoch, candidate, mark: this.current.mark });
    yield* this.#write({ epoch, candidate, mark: this.current.mark });
  }

  /** Durable on return. Throws `NS_CONFLICT` for another record at the same seq. */
  *acknowledge(position: Position, { allowLower = false }: { readonly allowLower?: boolean } = {}): Fiber {
    const waiting = this.#waiting ?? { position, allowLower, written: new SimPulse(), isWritten: false, error: undefined };
    if (this.#waiting === undefined) {
      this.#waiting = waiting;
      yield* this.#turns.take(this.#writeMark(waiting));
      if (waiting.error !== undefined) throw waiting.error;
      return;
    }
    if (!allowLower && isOther(waiting.position, position)) throw twoRecords(position.seq);
    if (allowLower || position.seq > waiting.position.seq) waiting.position = position;
    waiting.allowLower ||= allowLower;
    while (!waiting.isWritten) yield { pulse: waiting.written, isFirm: true };
    if (waiting.error !== undefined) throw waiting.error;
  }

  *#writeMark(waiting: WaitingMark): Fiber {
    this.#waiting = undefined;
    const { mark, epoch, candidate } = this.current;
    if (!waiting.allowLower && isOther(mark, waiting.position)) waiting.error = twoRecords(waiting.position.seq);
    else if (waiting.allowLower || waiting.position.seq > mark.seq) {
      const { seq, hash } = waiting.position;
      yield* this.#write({ epoch, candidate, mark: { seq, hash } });
    }
    waiting.isWritten = true;
    waiting.written.notify();
  }

  *#write(vote: Omit<StoredVote, 'generation'>): Fiber {
    const written = { ...vote, generation: this.current.generation + 1 };
    const disk = this.#disk;
    const durable = this.#rules.isPromiseSynced ? written : { ...written, epoch: disk.vote.epoch, candidate: disk.vote.candidate };
    yield* disk.write(
      () => {
        disk.vote = durable;
        this.current = written;
      },
      () => {
        disk.vote = durable;
      },
    );
  }
}

const isOther = (one: Position, other: Position): boolean => one.seq === other.seq && one.hash !== other.hash;

function twoRecords(seq: number): SimError {
  return new SimError('NS_CONFLICT', `another record ${seq} was acknowledged before`);
}
