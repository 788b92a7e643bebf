/** What one replica knows and is. Pure; `replica.ts` and `attempt.ts` decide on it. */
import type { NodeId } from '@netstore/shared-types';
import { Candidacy } from './candidacy.ts';
import { Commits } from './commits.ts';
import { type EpochPromise, Epochs } from './epoch.ts';
import { majorityOf } from './quorum.ts';
import { leads, type ReplicaEffect, type ReplicaRole, type ReplicaStart } from './replica-events.ts';
import { Watch } from './watch.ts';

export class ReplicaState {
  readonly self: NodeId;
  readonly epochs: Epochs;
  readonly candidacy: Candidacy;
  readonly commits: Commits;
  readonly watch: Watch;
  role: ReplicaRole = 'secondary';
  members: ReadonlySet<NodeId>;
  /** The end of this node's log. */
  lastSeq: number;

  constructor(start: ReplicaStart) {
    const quorum = majorityOf(start.nodes.length);
    this.self = start.self;
    this.epochs = new Epochs(start.promised, start.last.epoch);
    this.candidacy = new Candidacy(start.nodes.length);
    this.commits = new Commits(start.self, quorum, start.commitSeq);
    this.watch = new Watch({ ...start, quorum }, start.nowMs);
    this.members = new Set(start.nodes);
    this.lastSeq = start.last.seq;
  }

  get promised(): EpochPromise {
    return this.epochs.promised;
  }

  /** Nothing is to be done when no epoch of this node's own was begun. */
  stepDown(reason: string): ReplicaEffect[] {
    const hasEnded = leads(this.role);
    this.role = 'secondary';
    this.commits.close();
    this.candidacy.clear();
    this.watch.election.paused();
    return hasEnded ? [{ kind: 'step-down', reason }] : [];
  }

  /** For a reason of this node's own, so that it would come to nothing the next time, too: others get their turn first. */
  fail(reason: string): ReplicaEffect[] {
    const effects = this.stepDown(reason);
    if (effects.length > 0) this.watch.election.failed();
    return effects;
  }
}
