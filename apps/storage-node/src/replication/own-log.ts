/** What this node states of its log: to a candidate, to a primary that opens a stream, and to itself when it stands. */
import type { NodeId } from '@netstore/shared-types';
import { type LogPosition, PROMISE_RECORDS_MAX, type PromiseAnswer } from '@netstore/wire-protocol';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { VoteStore } from '../membership/vote.ts';
import type { StatedLog } from './core/activation.ts';
import type { LogTail } from './log-tail.ts';

const STATED_BYTES_MAX = 64 * 1024 * 1024;

export interface OwnLogOptions {
  readonly tail: LogTail;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly catalogue: Catalogue;
  readonly commitSeq: () => number;
}

export type LogStatement = Omit<PromiseAnswer, 'epoch' | 'candidate'>;

export class OwnLog {
  readonly #options: OwnLogOptions;

  constructor(options: OwnLogOptions) {
    this.#options = options;
  }

  /** It once held, and acknowledged, records that it has no more. */
  get isDamaged(): boolean {
    const { vote, log } = this.#options;
    return vote.current.acknowledged.seq > log.last.seq;
  }

  /** Of the last record that this node knows to be committed. A damaged log may end before it; the catalogue then says which it was. */
  async committed(): Promise<LogPosition> {
    const { tail, catalogue, commitSeq } = this.#options;
    const seq = commitSeq();
    return position(seq > tail.last.seq ? catalogue.applied : await tail.committedAt(seq));
  }

  async state(): Promise<LogStatement> {
    const { tail, log, vote } = this.#options;
    const commit = await this.committed();
    const above = commit.seq >= tail.last.seq ? [] : await tail.read(commit.seq + 1, STATED_BYTES_MAX);
    return {
      lastEpoch: log.lastEpoch,
      last: position(tail.last),
      commit,
      acknowledged: position(vote.current.acknowledged),
      generation: vote.current.generation,
      records: above.slice(0, PROMISE_RECORDS_MAX).map(position),
    };
  }
}

/** For the pure core, to which a hash is a word. */
export function statedLog(node: NodeId, { lastEpoch, last, commit, acknowledged, records }: LogStatement): StatedLog {
  return { node, lastEpoch, last: word(last), commitSeq: commit.seq, mark: word(acknowledged), records: records.map(word) };
}

const position = ({ seq, hash }: LogPosition): LogPosition => ({ seq, hash });
const word = ({ seq, hash }: LogPosition): { seq: number; hash: string } => ({ seq, hash: Buffer.from(hash).toString('hex') });
