/** Operations on their way into the log, in groups: `Proposals`. */

import { type Fiber, SimPulse } from '../world/fiber.ts';
import type { SimOutcome } from '../world/messages.ts';
import type { Position, RecordBody, SimRecord } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import type { World } from '../world/world.ts';

const GROUP_RECORDS_MAX = 4;

export interface SimProposalsOptions {
  readonly world: World;
  readonly epoch: number;
  readonly last: () => Position;
  readonly append: (records: readonly SimRecord[]) => Fiber;
  /** Starts a fiber of the process. */
  readonly start: (fiber: Fiber) => void;
}

interface Proposal {
  readonly body: RecordBody;
  readonly settled: SimPulse;
  /** Null for a record that carries no operation. */
  outcome: SimOutcome | null | undefined;
}

export class SimProposals {
  readonly #options: SimProposalsOptions;
  readonly #queue: Proposal[] = [];
  readonly #pending = new Map<number, Proposal>();
  #isAppending = false;
  #isPaused = false;
  #isClosed = false;

  constructor(options: SimProposalsOptions) {
    this.#options = options;
  }

  /** Returns once it is committed and applied here; throws `NS_NO_QUORUM` when the epoch ends first. */
  *propose(body: RecordBody): Fiber<SimOutcome | null> {
    const proposal: Proposal = { body, settled: new SimPulse(), outcome: undefined };
    if (!this.#isClosed) this.#queue.push(proposal);
    this.#options.start(this.#appendAll());
    for (;;) {
      if (proposal.outcome !== undefined) return proposal.outcome;
      if (this.#isClosed) throw new SimError('NS_NO_QUORUM', 'the operation may or may not have happened');
      yield proposal.settled;
    }
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#options.start(this.#appendAll());
  }

  get isIdle(): boolean {
    return !this.#isAppending && this.#pending.size === 0;
  }

  *#appendAll(): Fiber {
    if (this.#isAppending) return;
    this.#isAppending = true;
    while (this.#queue.length > 0 && !this.#isClosed && !this.#isPaused) yield* this.#appendGroup(this.#queue.splice(0, GROUP_RECORDS_MAX));
    this.#isAppending = false;
  }

  *#appendGroup(group: readonly Proposal[]): Fiber {
    const { world, epoch, last, append } = this.#options;
    const records: SimRecord[] = [];
    for (const proposal of group) {
      const previous = records.at(-1) ?? last();
      const record = world.seal({ seq: previous.seq + 1, epoch, previous: previous.hash, body: proposal.body });
      records.push(record);
      this.#pending.set(record.seq, proposal);
    }
    yield* append(records);
  }

  /** The record at `seq` was applied. */
  settle(seq: number, outcome: SimOutcome | null): void {
    const proposal = this.#pending.get(seq);
    if (proposal === undefined) return;
    this.#pending.delete(seq);
    proposal.outcome = outcome;
    proposal.settled.notify();
  }

  close(): void {
    this.#isClosed = true;
    for (const proposal of [...this.#pending.values(), ...this.#queue]) proposal.settled.notify();
    this.#pending.clear();
    this.#queue.length = 0;
  }
}
