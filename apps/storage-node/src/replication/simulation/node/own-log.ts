/** What the node states of its log: `OwnLog`. */
import type { NodeId } from '@netstore/shared-types';
import type { StatedLog } from '../../core/activation.ts';
import type { LogStatement } from '../world/messages.ts';
import { type Position, positionOf } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import type { NodeParts } from './node-parts.ts';

export class SimOwnLog {
  readonly #parts: NodeParts;

  constructor(parts: NodeParts) {
    this.#parts = parts;
  }

  /** It once held, and acknowledged, records that it has no more. */
  get isDamaged(): boolean {
    const { vote, log } = this.#parts;
    return vote.current.mark.seq > log.last.seq;
  }

  /** Of the last record that this node knows to be committed. */
  get committed(): Position {
    const { tail, disk, core } = this.#parts;
    if (core.commitSeq > tail.last.seq) return { seq: disk.catalogue.seq, hash: disk.catalogue.hash };
    const position = tail.positionAt(core.commitSeq);
    if (position === undefined) throw new SimError('NS_LOG_DAMAGED', `log has no record ${core.commitSeq}, which is committed`);
    return positionOf(position);
  }

  get state(): LogStatement {
    const { tail, log, vote, world } = this.#parts;
    const commit = this.committed;
    return world.rules.statement({
      lastEpoch: log.lastEpoch,
      last: positionOf(tail.last),
      commit,
      acknowledged: vote.current.mark,
      generation: vote.current.generation,
      records: tail.read(commit.seq + 1, Number.POSITIVE_INFINITY).map(positionOf),
    });
  }
}

export function statedLog(node: NodeId, { lastEpoch, last, commit, acknowledged, records }: LogStatement): StatedLog {
  return { node, lastEpoch, last, commitSeq: commit.seq, mark: acknowledged, records };
}
