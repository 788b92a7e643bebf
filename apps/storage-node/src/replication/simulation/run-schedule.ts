/** One schedule from its seed: a while of faults, then everything heals and has to come together again. */
import type { NodeId } from '@netstore/shared-types';
import { Coverage } from './check/coverage.ts';
import { Invariants } from './check/invariants.ts';
import type { Violation } from './check/verdict.ts';
import { Gateway, Traffic } from './play/client.ts';
import { Cluster, GATEWAYS, NODES } from './play/cluster.ts';
import { lookAfter, orRefused, promoteSome } from './play/operator.ts';
import { storm } from './play/weather.ts';
import { PRODUCTION_RULES, type Rules } from './rules.ts';
import { type Fiber, Life, Scope, Task } from './world/fiber.ts';
import { Random } from './world/random.ts';
import { World } from './world/world.ts';

const STORM_MS_MIN = 3_000;
const STORM_MS_MAX = 12_000;
/** Healed and left alone, a cluster has to be whole again within so long. */
const HEALING_MS_MAX = 90_000;
const LOOK_MS = 250;

export interface ScheduleOptions {
  readonly rules?: Rules;
  readonly coverage?: Coverage;
  readonly onTrace?: (line: string) => void;
}

export interface ScheduleResult {
  readonly seed: number;
  readonly violation: Violation | undefined;
  /** Events that were run. */
  readonly steps: number;
  readonly virtualMs: number;
  /** Operations that clients got an answer to. */
  readonly answered: number;
}

export function runSchedule(
  seed: number,
  { rules = PRODUCTION_RULES, coverage = new Coverage(), onTrace }: ScheduleOptions = {},
): ScheduleResult {
  const play = new Play(seed, { rules, coverage, onTrace });
  play.run();
  const { world, invariants, traffic } = play;
  return {
    seed,
    violation: invariants.verdict.violation,
    steps: world.time.steps,
    virtualMs: world.time.nowMs,
    answered: traffic.answeredCount,
  };
}

class Play {
  readonly world: World;
  readonly invariants: Invariants;
  readonly traffic: Traffic;
  readonly #cluster: Cluster;
  readonly #isAutomatic: boolean;
  readonly #isOrderAgreed: boolean;
  readonly #preferAfterMs: number;
  readonly #gateways: readonly Gateway[];
  readonly #desk: Gateway;
  readonly #storm = new Scope(new Life('weather'));

  constructor(
    seed: number,
    { rules, coverage, onTrace }: { rules: Rules; coverage: Coverage; onTrace: ((line: string) => void) | undefined },
  ) {
    const random = new Random(seed);
    let invariants: Invariants | undefined;
    this.world = new World({
      random,
      rules,
      coverage,
      onTrace,
      makeChecker: (world) => {
        invariants = new Invariants(world);
        return invariants;
      },
    });
    this.invariants = invariants as unknown as Invariants;
    this.#isAutomatic = random.chance(0.85);
    this.#isOrderAgreed = random.chance(0.8);
    this.#preferAfterMs = random.pick([300, 1_000, 60_000]);
    const order = (): readonly NodeId[] => (this.#isOrderAgreed ? NODES : random.shuffled(NODES));
    this.#cluster = new Cluster({
      world: this.world,
      invariants: this.invariants,
      orders: NODES.map(order),
      isAutomatic: this.#isAutomatic,
      preferAfterMs: this.#preferAfterMs,
    });
    this.traffic = new Traffic(this.world, this.invariants);
    const isHasty = random.chance(0.3);
    this.#gateways = GATEWAYS.map((name) => new Gateway(name, this.traffic, isHasty));
    this.#desk = new Gateway('desk', this.traffic);
  }

  run(): void {
    const { world } = this;
    const { random } = world;
    this.#cluster.startAll();
    const paceMs = random.pick([120, 500, 1_500]);
    for (const gateway of this.#gateways) gateway.spawn(gateway.work(paceMs, this.#gateways.find((each) => each !== gateway) ?? gateway));
    const sky = { world, cluster: this.#cluster, scope: this.#storm };
    const operator = { sky, invariants: this.invariants, desk: this.#desk };
    this.#desk.spawn(lookAfter(operator));
    if (!this.#isAutomatic || random.chance(0.15)) new Task(world.time, this.#storm, promoteSome(operator));
    new Task(world.time, this.#storm, storm(sky));
    world.time.runUntil(random.between(STORM_MS_MIN, STORM_MS_MAX));
    this.#heal();
    this.#waitUntilWhole();
  }

  #heal(): void {
    const { world } = this;
    world.trace(() => 'everything heals');
    this.#storm.abort();
    world.network.heal();
    for (const gateway of this.#gateways) gateway.stop();
    for (const machine of this.#cluster.machines) {
      machine.disk.slowness = 1;
      if (machine.node !== undefined) machine.node.log.isFull = false;
      machine.start();
    }
  }

  #waitUntilWhole(): void {
    const { world, invariants } = this;
    const fromMs = world.time.nowMs;
    const last = new Gateway('last-client', this.traffic);
    const writing = last.spawn(this.#writeLast(last));
    for (;;) {
      if (invariants.verdict.violation !== undefined) return;
      const reason = writing.isDone ? this.#whyNotWhole : 'no write is committed';
      if (reason === undefined) return;
      if (world.time.nowMs - fromMs > HEALING_MS_MAX)
        invariants.verdict.broken(0, `not whole ${HEALING_MS_MAX} ms after everything healed: ${reason}`);
      world.time.runUntil(world.time.nowMs + LOOK_MS);
    }
  }

  /** In manual mode somebody has to say who is to be primary. */
  *#writeLast(client: Gateway): Fiber {
    for (;;) {
      const node = this.world.random.pick(NODES);
      if (!this.#isAutomatic && this.#cluster.primary === undefined) yield* orRefused(client.order(node, { name: 'PROMOTE' }, 'PROMOTED'));
      if ((yield* client.perform(this.traffic.newOperation())) !== undefined) return;
    }
  }

  get #whyNotWhole(): string | undefined {
    const first = this.#cluster.machines[0];
    const reason = this.#cluster.whyNotConverged;
    if (reason !== undefined || !this.#isAutomatic || !this.#isOrderAgreed) return reason;
    return this.#cluster.primary === first || this.#preferAfterMs > HEALING_MS_MAX / 2 ? undefined : 'the first node does not lead again';
  }
}
