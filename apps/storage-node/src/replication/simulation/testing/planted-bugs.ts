/**
 * Bugs that somebody could make, each as another rule in the place of one that production has. The simulation is worth something only as long as it
 * notices every one of them.
 */
import type { NodeId } from '@netstore/shared-types';
import type { AppendOffer, AppendPlan } from '../../core/log-rules.ts';
import { planAppend } from '../../core/log-rules.ts';
import { Replica, type ReplicaEffect, type ReplicaEvent, type ReplicaStart } from '../../core/replica.ts';
import type { FaultName } from '../play/weather.ts';
import { PRODUCTION_RULES, type Rules } from '../rules.ts';
import { applyRecord, type CatalogueState } from '../world/catalogue-state.ts';
import type { SimDisk } from '../world/disk.ts';
import type { Scenario } from './scenario.ts';
import {
  cutOffPrimaryIsAsked,
  newDiskAtOnce,
  newPrimaryIsAskedAtOnce,
  olderEpochOnTwoNodes,
  oldProcessIsHeardAgain,
  voidRecordComesAlone,
} from './scenarios.ts';

export interface PlantedBug {
  readonly name: string;
  readonly rules: Rules;
  /** Where it shows soonest: faults that chance combines, or a play made for it. */
  readonly shows: readonly FaultName[] | ((rules: Rules) => Scenario);
  /** Of the search through schedules. */
  readonly firstSeed: number;
}

const bug = (name: string, rules: Partial<Rules>, shows: PlantedBug['shows'], firstSeed = 1): PlantedBug => ({
  name,
  rules: { ...PRODUCTION_RULES, ...rules },
  shows,
  firstSeed,
});

/** A core whose effects are changed on their way out. */
function withCore(change: (core: Replica, event: ReplicaEvent, effects: readonly ReplicaEffect[]) => ReplicaEffect[]): Partial<Rules> {
  class Changed extends Replica {
    override step(event: ReplicaEvent): ReplicaEffect[] {
      return change(this, event, super.step(event));
    }
  }
  return { makeCore: (start) => new Changed(start) };
}

/** Two of three are the primary and whoever else has the record, whatever epoch it is of. */
class CountingOlderEpochs extends Replica {
  readonly #acknowledged = new Map<NodeId, number>();
  #ownSeq: number;
  #counted = 0;

  constructor(start: ReplicaStart) {
    super(start);
    this.#ownSeq = start.last.seq;
  }

  override step(event: ReplicaEvent): ReplicaEffect[] {
    if (event.kind === 'recovered') this.#acknowledged.clear();
    if (event.kind === 'logged') this.#ownSeq = event.seq;
    if (event.kind === 'acknowledged') this.#acknowledged.set(event.from, event.seq);
    const effects = super.step(event);
    const seq = Math.min(this.#ownSeq, Math.max(0, ...this.#acknowledged.values()));
    if (this.role !== 'activating' || seq <= Math.max(this.commitSeq, this.#counted)) return effects;
    this.#counted = seq;
    return [...effects, { kind: 'commit', seq }];
  }
}

/** One member is majority enough: each own record is counted as if another had acknowledged it. */
class AloneIsEnough extends Replica {
  readonly #other: NodeId;

  constructor(start: ReplicaStart) {
    super(start);
    this.#other = start.nodes.find((node) => node !== start.self) ?? start.self;
  }

  override step(event: ReplicaEvent): ReplicaEffect[] {
    const effects = super.step(event);
    if (event.kind !== 'logged') return effects;
    const { epoch } = this.promised;
    return [...effects, ...super.step({ kind: 'acknowledged', from: this.#other, epoch, seq: event.seq })];
  }
}

/** A primary that comes back goes on under the epoch it had. */
function underOldEpoch(start: ReplicaStart): Replica {
  const { promised, self, last } = start;
  if (promised.candidate !== self) return new Replica(start);
  return new Replica({ ...start, promised: { epoch: promised.epoch - 1, candidate: null }, last: { ...last, epoch: last.epoch - 1 } });
}

function cutOneMore(offer: AppendOffer): AppendPlan {
  const plan = planAppend(offer);
  if (plan.kind !== 'append' || plan.setAsideFrom === null || plan.skip === 0) return plan;
  return { kind: 'append', skip: plan.skip - 1, setAsideFrom: plan.setAsideFrom - 1 };
}

/** Everything behind the commit point is written anew, also what is the same. */
function rewriteInPlace(offer: AppendOffer): AppendPlan {
  const plan = planAppend(offer);
  const first = offer.records[0];
  if (plan.kind !== 'append' || first === undefined) return plan;
  const from = Math.max(first.seq, offer.commitSeq + 1);
  return offer.lastSeq < from ? plan : { kind: 'append', skip: from - first.seq, setAsideFrom: from };
}

function cutToCommitted(disk: SimDisk): void {
  disk.log = disk.log.slice(0, disk.catalogue.seq);
  const { seq, hash } = disk.last;
  disk.vote = { ...disk.vote, mark: { seq, hash } };
}

function lowerMark(disk: SimDisk): void {
  const { seq, hash } = disk.last;
  if (disk.vote.mark.seq > seq) disk.vote = { ...disk.vote, mark: { seq, hash } };
}

const forgetOperations: Rules['applyRecord'] = (state: CatalogueState, record, isVoid) =>
  applyRecord(record.body.kind === 'new-epoch' ? { ...state, outcomes: new Map() } : state, record, isVoid);

const KILLS = ['kill', 'killPrimary', 'killWhileTakingOver', 'cutPower'] as const;
const CUTS = ['cutOff', 'cutOneWay', 'cutBetweenTwo'] as const;

export const PLANTED_BUGS: readonly PlantedBug[] = [
  bug(
    'an acknowledgement carries a number, and no hash',
    { isSamePosition: (own) => own !== undefined, matchedSeq: (_, durableSeq) => durableSeq },
    [...KILLS, ...CUTS],
    706,
  ),
  bug('a node that starts cuts its log to what it knows to be committed', { beforeStart: cutToCommitted }, ['cutPower', 'killPrimary']),
  bug('a primary that restarts goes on under its old epoch', { makeCore: underOldEpoch }, ['kill', 'killPrimary', 'cutOff']),
  bug(
    'a blank disk votes',
    {
      isOwnDiskFull: (_, __, incarnation) => incarnation !== null,
      isVoter: () => true,
      admit: (members, candidate, incarnation) => members.see(candidate, incarnation),
      voters: (_, { nodes }) => new Set(nodes),
    },
    ['loseDisk', 'killPrimary', 'cutOff'],
  ),
  bug(
    'records of older epochs are committed by counting copies',
    { makeCore: (start) => new CountingOlderEpochs(start) },
    olderEpochOnTwoNodes,
  ),
  bug(
    'nobody is fenced',
    withCore((_, __, effects) => effects.filter(({ kind }) => kind !== 'refuse')),
    ['cutOff', 'cutOneWay', 'freeze'],
  ),
  bug('an acknowledgement does not wait for the sync', { isSyncedBeforeAck: false }, ['kill']),
  bug('a promise is not durable', { isPromiseSynced: false }, [...KILLS, ...CUTS], 69),
  bug('a promise that is over is told', { isPromiseCheckedAgain: false }, ['slowDisk', 'killPrimary'], 3_067),
  bug(
    'a candidate goes on with its own log',
    withCore((_, __, effects) =>
      effects.map((effect) => (effect.kind === 'recover-log' ? { ...effect, from: effect.logs[0]?.node ?? effect.from } : effect)),
    ),
    ['killPrimary', 'cutOff', 'slowDisk'],
    20,
  ),
  bug(
    'what a damaged log has lost is not asked about',
    { statement: (said) => ({ ...said, acknowledged: said.acknowledged.seq > said.last.seq ? said.last : said.acknowledged }) },
    ['damageLog', 'killPrimary', 'cutOff'],
    25,
  ),
  bug(
    'a damaged log takes its mark down when it starts',
    { beforeStart: lowerMark },
    ['damageLog', 'cutPower', 'killPrimary', 'cutOff'],
    34,
  ),
  bug(
    'a learner counts',
    { counts: (members, peer) => members.incarnationOf(peer) !== undefined },
    ['loseDisk', 'cutOff', 'killPrimary'],
    26,
  ),
  bug(
    'a new disk counts for the record that takes it in',
    { counts: (members, peer, incarnation = members.incarnationOf(peer) ?? null) => members.isMember(peer, incarnation) },
    ['loseDisk', 'cutOff', 'kill'],
    28,
  ),
  bug(
    'a new disk is taken in by what the one before it held',
    { holdsEnough: ({ completeSeq }, _, wantedSeq) => completeSeq >= wantedSeq },
    newDiskAtOnce,
  ),
  bug('a new disk is taken in before it has said what it holds', { holdsEnough: () => true }, newDiskAtOnce),
  bug(
    'what a disk acknowledges counts for the one that was heard of last under its name',
    { counts: (members, peer) => members.counts(peer) },
    oldProcessIsHeardAgain,
  ),
  bug('a read is answered without a second member', { isReadConfirmed: false }, cutOffPrimaryIsAsked),
  bug('operations are taken before the epoch is open', { isServedEarly: true }, newPrimaryIsAskedAtOnce),
  bug('operation ids are forgotten at a failover', { applyRecord: forgetOperations }, ['killPrimary']),
  bug('a suffix is moved aside one record too far', { planAppend: cutOneMore }, [...KILLS, ...CUTS], 138),
  bug('a log is written anew from the commit point on', { planAppend: rewriteInPlace }, [...KILLS, ...CUTS], 138),
  bug(
    'one proof makes a record void',
    { isProvenVoid: (seq, answers) => answers.some(({ markSeq, states }) => markSeq < seq && states.includes('absent')) },
    ['killPrimary', 'cutOff', 'slowNetwork'],
  ),
  bug('a disk that went back in time votes', { isRolledBackRefused: false }, ['rollBack', 'killPrimary', 'cutOff'], 173),
  bug('a candidate is majority enough by itself', { makeCore: (start) => new AloneIsEnough(start) }, ['cutOff', 'killPrimary']),
  bug(
    'a secondary shows what is not committed',
    withCore((core, event, effects) =>
      event.kind === 'commit-known' && event.heldSeq > core.commitSeq ? [{ kind: 'commit', seq: event.heldSeq }] : [...effects],
    ),
    ['killPrimary'],
  ),
  bug('a record is acknowledged without its blobs', { isGated: () => false }, ['cutOff', 'kill']),
  bug('records are applied before the record that opened the epoch is there', { isCommitKnown: () => true }, voidRecordComesAlone),
];
