/** One schedule from its seed: a while of faults, then everything heals and has to come together again. */
import type { NodeId } from '@netstore/shared-types';
import type { Coverage } from './check/coverage.ts';
import type { Violation } from './check/verdict.ts';
import type { Gateway } from './play/client.ts';
import { GATEWAYS, NODES } from './play/cluster.ts';
import { lookAfter, orRefused, promoteSome } from './play/operator.ts';
import { Stage } from './play/stage.ts';
import { type FaultName, storm } from './play/weather.ts';
import type { Rules } from './rules.ts';
import { type Fiber, Life, Scope, Task } from './world/fiber.ts';
import { Random } from './world/random.ts';

const STORM_MS_MIN = 3_000;
const STORM_MS_MAX = 12_000;
/** Healed and left alone, a cluster has to be whole again within so long. */
const HEALING_MS_MAX = 90_000;
const LOOK_MS = 250;

export interface ScheduleOptions {
  readonly rules?: Rules;
  readonly coverage?: Coverage;
  readonly onTrace?: (line: string) => void;
  /** These faults and no others; some of all when missing. */
  readonly faults?: readonly FaultName[];
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

export function runSchedule(seed: number, options: ScheduleOptions = {}): ScheduleResult {
  const random = new Random(seed);
  const plan = drawPlan(random);
  const stage = new Stage({ ...options, ...plan, random });
  new Schedule(stage, plan, options.faults).run();
  const { time } = stage.world;
  return { seed, violation: stage.violation, steps: time.steps, virtualMs: time.nowMs, answered: stage.traffic.answeredCount };
}

/** What a schedule is like. */
interface Plan {
  readonly isAutomatic: boolean;
  readonly isOrderAgreed: boolean;
  readonly orders: readonly (readonly NodeId[])[];
  readonly preferAfterMs: number;
  readonly paceMs: number;
  /** Its gateways commit blobs that nobody said two members hold. */
  readonly isHasty: boolean;
  readonly hasPromotions: boolean;
  readonly stormMs: number;
}

function drawPlan(random: Random): Plan {
  const isAutomatic = random.chance(0.85);
  const isOrderAgreed = random.chance(0.8);
  return {
    isAutomatic,
    isOrderAgreed,
    orders: NODES.map(() => (isOrderAgreed ? NODES : random.shuffled(NODES))),
    preferAfterMs: random.pick([300, 1_000, 60_000]),
    paceMs: random.pick([120, 500, 1_500]),
    isHasty: random.chance(0.3),
    hasPromotions: !isAutomatic || random.chance(0.15),
    stormMs: random.between(STORM_MS_MIN, STORM_MS_MAX),
  };
}

class Schedule {
  readonly #stage: Stage;
  readonly #plan: Plan;
  readonly #faults: readonly FaultName[] | undefined;
  readonly #storm = new Scope(new Life('weather'));

  constructor(stage: Stage, plan: Plan, faults: readonly FaultName[] | undefined) {
    this.#stage = stage;
    this.#plan = plan;
    this.#faults = faults;
  }

  run(): void {
    const { world, cluster, invariants } = this.#stage;
    const { paceMs, isHasty, hasPromotions, stormMs } = this.#plan;
    cluster.startAll();
    const gateways = GATEWAYS.map((name) => this.#stage.gateway(name, isHasty));
    for (const gateway of gateways) gateway.spawn(gateway.work(paceMs, gateways.find((each) => each !== gateway) ?? gateway));
    const sky = { world, cluster, scope: this.#storm };
    const operator = { sky, invariants, desk: this.#stage.gateway('desk') };
    operator.desk.spawn(lookAfter(operator));
    if (hasPromotions) new Task(world.time, this.#storm, promoteSome(operator));
    new Task(world.time, this.#storm, storm(sky, this.#faults));
    this.#stage.pass(stormMs);
    this.#heal(gateways);
    this.#waitUntilWhole();
  }

  #heal(gateways: readonly Gateway[]): void {
    const { world, cluster } = this.#stage;
    world.trace(() => 'everything heals');
    this.#storm.abort();
    world.network.heal();
    for (const gateway of gateways) gateway.stop();
    for (const machine of cluster.machines) {
      machine.disk.slowness = 1;
      if (machine.node !== undefined) machine.node.log.isFull = false;
      machine.start();
    }
  }

  #waitUntilWhole(): void {
    const last = this.#stage.gateway('last-client');
    const writing = last.spawn(this.#writeLast(last));
    if (!this.#plan.isAutomatic) {
      const promoter = this.#stage.gateway('promoter');
      promoter.spawn(this.#keepLed(promoter));
    }
    const why = (): string | undefined => (writing.isDone ? this.#whyNotWhole : 'no write is committed');
    if (this.#stage.until(() => why() === undefined, HEALING_MS_MAX, LOOK_MS) || this.#stage.violation !== undefined) return;
    this.#stage.invariants.verdict.broken(0, `not whole ${HEALING_MS_MAX} ms after everything healed: ${why()}`);
  }

  *#writeLast(client: Gateway): Fiber {
    while ((yield* client.perform(this.#stage.traffic.newOperation())) === undefined);
  }

  /** In manual mode somebody has to say who is to be primary, and again when the disk of the one that was has to be replaced. */
  *#keepLed(promoter: Gateway): Fiber {
    const { world, cluster } = this.#stage;
    for (;;) {
      if (cluster.primary === undefined) yield* orRefused(promoter.order(world.random.pick(NODES), { name: 'PROMOTE' }, 'PROMOTED'));
      yield LOOK_MS;
    }
  }

  get #whyNotWhole(): string | undefined {
    const { isAutomatic, isOrderAgreed, preferAfterMs } = this.#plan;
    const { whyNotConverged, primary, machines } = this.#stage.cluster;
    if (whyNotConverged !== undefined || !isAutomatic || !isOrderAgreed || preferAfterMs > HEALING_MS_MAX / 2) return whyNotConverged;
    return primary === machines[0] ? undefined : 'the first node does not lead again';
  }
}
