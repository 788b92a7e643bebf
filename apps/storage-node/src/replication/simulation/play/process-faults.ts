/** Processes that die or stand still, at any step of what they do. */
import type { ReplicaRole } from '../../core/replica.ts';
import { type Fiber, Task } from '../world/fiber.ts';
import { NODES } from './cluster.ts';
import type { Machine } from './machine.ts';
import type { Fault, Sky } from './sky.ts';

const WATCH_MS_MAX = 3_000;
const WATCH_STEP_MS = 5;
const TAKING_OVER: ReadonlySet<ReplicaRole | undefined> = new Set<ReplicaRole>(['candidate', 'recovering', 'activating']);

export const PROCESS_FAULTS: Readonly<Record<string, Fault>> = {
  kill: (sky) => crash(sky, sky.world.random.pick(sky.cluster.machines), false),
  killPrimary: (sky) => crash(sky, sky.cluster.primary ?? sky.world.random.pick(sky.cluster.machines), sky.world.random.chance(0.3)),
  cutPower: function* (sky) {
    const count = sky.world.random.chance(0.4) ? NODES.length : 1;
    for (const machine of sky.world.random.shuffled(sky.cluster.machines).slice(0, count)) {
      crash(sky, machine, true);
      yield sky.world.random.between(0, 10);
    }
  },
  killWhileTakingOver: function* (sky) {
    for (let waitedMs = 0; waitedMs < WATCH_MS_MAX; waitedMs += WATCH_STEP_MS) {
      const machine = sky.cluster.machines.find(({ node }) => TAKING_OVER.has(node?.core.role));
      if (machine !== undefined) {
        yield sky.world.random.between(0, 6);
        crash(sky, machine, sky.world.random.chance(0.5));
        return;
      }
      yield WATCH_STEP_MS;
    }
  },
  freezePrimary: ({ world, cluster }) => {
    cluster.primary?.freeze(world.random.between(1_500, 6_000));
    return undefined;
  },
  promote: ({ world, cluster }) => {
    const { node } = world.random.pick(cluster.machines);
    node?.guard(node.stepUnlessFenced({ kind: 'stand', cause: 'handed-over' }));
    return undefined;
  },
  freeze: ({ world, cluster }) => {
    const { random } = world;
    random.pick(cluster.machines).freeze(random.chance(0.5) ? random.between(100, 1_500) : random.between(1_500, 6_000));
    return undefined;
  },
};

function crash(sky: Sky, machine: Machine, isPowerCut: boolean): undefined {
  machine.crash(isPowerCut);
  new Task(sky.world.time, sky.scope, restart(sky, machine));
}

/** Unless somebody else has started it meanwhile. */
function* restart({ world }: Sky, machine: Machine): Fiber {
  const { starts } = machine;
  yield world.random.between(20, world.random.chance(0.2) ? 8_000 : 1_500);
  if (machine.starts === starts) machine.start();
}
