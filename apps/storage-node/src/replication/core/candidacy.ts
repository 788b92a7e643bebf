/** One attempt to become primary: who would promise, who has, and with which logs. Pure. */
import type { NodeId } from '@netstore/shared-types';
import { chooseLog, type LogChoice, type StatedLog } from './activation.ts';
import { majorityOf } from './quorum.ts';

export class Candidacy {
  readonly #nodeCount: number;
  /** The epoch that the pre-vote asks about. */
  #wantedEpoch = 0;
  readonly #prevotes = new Set<NodeId>();
  /** Of those that promised, in the order they did; this node's own is the first. */
  readonly #logs = new Map<NodeId, StatedLog>();
  #waitingFor: string | null = null;
  /** The epoch that is being promised to oneself; undefined once it is. */
  #askedEpoch: number | undefined;

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
  }

  /** Why enough promises are still not enough, for people. */
  get waitingFor(): string | null {
    return this.#waitingFor;
  }

  get logs(): readonly StatedLog[] {
    return [...this.#logs.values()];
  }

  beginPrevote(self: NodeId, epoch: number): void {
    this.#wantedEpoch = epoch;
    this.#prevotes.clear();
    this.#prevotes.add(self);
  }

  /** Whether a majority would promise now. */
  grant(from: NodeId, epoch: number): boolean {
    if (epoch === this.#wantedEpoch) this.#prevotes.add(from);
    return this.#prevotes.size >= majorityOf(this.#nodeCount);
  }

  begin(epoch: number): void {
    this.clear();
    this.#askedEpoch = epoch;
  }

  /** Whether this is the promise that was asked for, the first time it is said. */
  isAsked(epoch: number): boolean {
    if (this.#askedEpoch !== epoch) return false;
    this.#askedEpoch = undefined;
    return true;
  }

  add(log: StatedLog): LogChoice {
    this.#logs.set(log.node, log);
    const choice = chooseLog(this.logs, this.#nodeCount);
    this.#waitingFor = choice.kind === 'wait' ? choice.reason : null;
    return choice;
  }

  clear(): void {
    this.#logs.clear();
    this.#askedEpoch = undefined;
    this.#waitingFor = null;
  }
}
