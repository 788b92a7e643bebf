/** One life of a node's process: drives the real core as `Replicator` does, with fibers in place of promises. */
import type { NodeId } from '@netstore/shared-types';
import { Aborted } from '../../aborted.ts';
import type { Replica, ReplicaEffect, ReplicaEvent } from '../../core/replica.ts';
import type { EndPoint } from '../world/connection.ts';
import type { SimDisk } from '../world/disk.ts';
import { AbortedError, type Fiber, Life, Scope, Task } from '../world/fiber.ts';
import { codeOf, SimError } from '../world/sim-error.ts';
import type { World } from '../world/world.ts';
import { SimBlobs } from './blobs.ts';
import type { NodeParts } from './node-parts.ts';
import { requireOneHistory } from './one-history.ts';
import { SimOwnLog, statedLog } from './own-log.ts';
import { requestPrevotes } from './prevotes.ts';
import { SimApplier } from './sim-applier.ts';
import { SimFollowing } from './sim-following.ts';
import { SimLeading } from './sim-leading.ts';
import { SimLog } from './sim-log.ts';
import { SimMembers } from './sim-members.ts';
import type { SimNodeOptions } from './sim-node-options.ts';
import { SimTail } from './sim-tail.ts';
import type { SimTerm } from './sim-term.ts';
import { SimTrust } from './sim-trust.ts';
import { SimVote } from './sim-vote.ts';
import { Turns } from './turns.ts';

const TICK_MS = 100;

export class SimNode implements NodeParts {
  readonly world: World;
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly disk: SimDisk;
  readonly life: Life;
  readonly scope: Scope;
  readonly end: EndPoint;
  readonly core: Replica;
  readonly members = new SimMembers();
  readonly aborted = new Aborted();
  readonly vote: SimVote;
  readonly log: SimLog;
  readonly tail: SimTail;
  readonly blobs: SimBlobs;
  readonly ownLog: SimOwnLog;
  readonly applier: SimApplier;
  readonly following: SimFollowing;
  readonly leading: SimLeading;
  readonly trust: SimTrust;
  readonly adoption = new Turns();
  readonly #onFatal: (error: unknown) => void;
  #role = 'secondary';

  /** Throws `NS_LOG_DAMAGED` when the disk contradicts itself, as the real node does at its start. */
  constructor({ world, self, nodes, disk, isAutomatic, preferAfterMs, onFatal }: SimNodeOptions) {
    requireOneHistory(disk);
    this.world = world;
    this.self = self;
    this.nodes = nodes;
    this.disk = disk;
    this.#onFatal = onFatal;
    this.life = new Life(self);
    this.scope = new Scope(this.life);
    // The name is read anew for each connection: a blank disk gets its identity while the process runs.
    this.end = {
      life: this.life,
      get name() {
        return { nodeId: self, incarnation: disk.incarnation };
      },
    };
    world.rules.beforeStart(disk);
    this.vote = new SimVote(disk, world.rules);
    this.log = new SimLog(disk, world.checker);
    this.tail = new SimTail(disk, this.members, this.aborted);
    this.trust = new SimTrust({ world, self, disk, vote: this.vote, members: this.members });
    this.core = world.rules.makeCore({
      self,
      nodes,
      promised: this.vote.current,
      last: { seq: this.log.last.seq, epoch: this.log.lastEpoch },
      commitSeq: disk.catalogue.seq,
      isAutomatic,
      preferAfterMs,
      nowMs: world.time.nowMs,
    });
    this.blobs = new SimBlobs(this);
    this.ownLog = new SimOwnLog(this);
    this.applier = new SimApplier({
      parts: this,
      blobs: this.blobs,
      onApplied: (seq, outcome) => {
        if (this.tail.recordAt(seq)?.body.kind !== 'operation') this.members.learn(disk.catalogue.members, disk.catalogue.seq);
        this.term?.proposals.settle(seq, outcome);
        this.following.recheck();
      },
      onSettled: () => this.following.recheck(),
    });
    this.following = new SimFollowing({ parts: this, ownLog: this.ownLog, applier: this.applier, blobs: this.blobs });
    this.leading = new SimLeading({ parts: this, ownLog: this.ownLog, blobs: this.blobs });
  }

  start(): void {
    if (this.ownLog.isDamaged) this.world.cover('started with a damaged log');
    for (const fiber of [this.applier.run(), this.applier.catchUp(), this.#followMembers(), this.#ticking(), this.trust.keep()])
      this.guard(fiber);
  }

  get term(): SimTerm | undefined {
    return this.leading.term;
  }

  /** The present term, when operations may be proposed. */
  get servingTerm(): SimTerm {
    const { term } = this;
    if (term?.isServing === true) return term;
    throw new SimError('NS_NOT_PRIMARY', `${this.self} does not order writes now`, this.core.promised.epoch);
  }

  get isMember(): boolean {
    return this.world.rules.isOwnDiskFull(this.members, this.self, this.disk.incarnation);
  }

  spawn = <Result>(scope: Scope, fiber: Fiber<Result>): Task<Result> =>
    new Task(this.world.time, scope, fiber, (error) => {
      // Refusals and ends are for who waits; anything else is a defect of the program or of the model.
      if (!(error instanceof SimError || error instanceof AbortedError)) this.world.checker.defect(this.self, error);
    });

  guard = (fiber: Fiber): Task<void> =>
    new Task(this.world.time, this.scope, fiber, (error) => {
      if (!this.scope.isAborted) this.#onFatal(error);
    });

  step = (event: ReplicaEvent): Fiber => this.#perform(this.#effectsOf(event));

  #effectsOf(event: ReplicaEvent): readonly ReplicaEffect[] {
    const effects = this.core.step(event);
    if (event.kind.startsWith('promise') && this.core.waitingFor !== null)
      this.world.cover(`log choice: wait for ${waitedFor(this.core.waitingFor)}`);
    if (this.core.role !== this.#role) {
      this.world.cover(`role: ${this.#role} → ${this.core.role}`);
      this.world.trace(() => `${this.self} ${this.#role} → ${this.core.role} in epoch ${this.core.promised.epoch} on ${event.kind}`);
      this.#role = this.core.role;
    }
    return effects;
  }

  *#perform(effects: readonly ReplicaEffect[]): Fiber {
    for (const effect of effects) yield* this.#performOne(effect);
  }

  *#performOne(effect: ReplicaEffect): Fiber {
    switch (effect.kind) {
      case 'store-promise':
        return yield* this.#storePromise(effect.promise.epoch, effect.promise.candidate as NodeId);
      case 'request-prevotes':
        return requestPrevotes(this, effect.epoch);
      case 'request-promises':
        return this.leading.begin(effect.epoch);
      case 'recover-log':
        return this.leading.recover(effect.epoch, effect);
      case 'hand-over':
        this.world.cover('hand-over: begun');
        this.guard(this.leading.handOver(effect.to));
        return;
      case 'append-new-epoch':
        this.guard(this.leading.openEpoch());
        return;
      case 'commit':
        this.world.checker.committed(this, effect.seq);
        this.applier.commit(effect.seq);
        this.term?.notifyStreams();
        return this.following.recheck();
      case 'serve':
        return this.world.cover('epoch opened');
      case 'step-down':
        this.world.cover(`step down: ${effect.reason.replaceAll(/node-\d|\d+/g, '#')}`);
        this.world.trace(() => `${this.self} steps down: ${effect.reason}`);
        return this.leading.end();
      case 'refuse':
        this.world.cover('fenced');
        throw new SimError('NS_FENCED', `promised ${effect.promised.epoch} to ${effect.promised.candidate}`, effect.promised.epoch);
    }
  }

  *#storePromise(epoch: number, candidate: NodeId): Fiber {
    yield* this.vote.promise(epoch, candidate);
    const promise = { epoch, candidate };
    yield* this.step({ kind: 'promise-durable', promise });
    yield* this.leading.closed();
    yield* this.following.endBelow(epoch);
    if (candidate === this.self) yield* this.step({ kind: 'promise-stored', promise, own: statedLog(this.self, this.ownLog.state) });
  }

  *#followMembers(): Fiber {
    for (;;) {
      yield* this.tellMembers();
      yield this.members.altered;
    }
  }

  tellMembers = (): Fiber => {
    const { members, self, disk, nodes } = this;
    return this.step({ kind: 'members', members: this.world.rules.voters(members, { self, incarnation: disk.incarnation, nodes }) });
  };

  *#ticking(): Fiber {
    // Processes do not start in step.
    yield this.world.random.below(TICK_MS);
    for (;;) {
      if (this.disk.incarnation !== null) this.#tick();
      yield TICK_MS;
    }
  }

  /** Most ticks change nothing: they are not worth a fiber. */
  #tick(): void {
    const events: ReplicaEvent[] = this.leading.isStalled ? [{ kind: 'log-failed', reason: 'the disk does not finish a sync' }] : [];
    events.push({ kind: 'tick', nowMs: this.world.time.nowMs });
    for (const event of events) {
      const effects = this.#effectsOf(event);
      if (effects.length > 0) this.guard(this.#unlessFenced(this.#perform(effects)));
    }
  }

  stepUnlessFenced = (event: ReplicaEvent): Fiber => this.#unlessFenced(this.step(event));

  *#unlessFenced(work: Fiber): Fiber {
    try {
      yield* work;
    } catch (error) {
      if (codeOf(error) !== 'NS_FENCED') throw error;
      this.world.cover('own promise came too late');
    }
  }
}

/** What a candidate waits for, by the words that it has for people. */
function waitedFor(reason: string): string {
  if (reason.includes('the first epoch needs all nodes')) return 'all nodes';
  return reason.includes('has lost records') ? 'what a damaged log has lost' : 'a majority';
}
