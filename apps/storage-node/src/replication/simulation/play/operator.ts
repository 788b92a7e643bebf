/** The person who looks after the cluster: replaces disks that are no members, empties those that are refused, and promotes now and then. */
import type { Invariants } from '../check/invariants.ts';
import type { Fiber } from '../world/fiber.ts';
import { SimError } from '../world/sim-error.ts';
import type { Gateway } from './client.ts';
import type { Machine } from './machine.ts';
import type { Sky } from './sky.ts';

const LOOK_MS = 700;

export interface OperatorOptions {
  readonly sky: Sky;
  readonly invariants: Invariants;
  /** The operator's own machine. */
  readonly desk: Gateway;
}

export function* lookAfter(options: OperatorOptions): Fiber {
  const { world, cluster } = options.sky;
  for (;;) {
    yield world.random.between(LOOK_MS / 2, 2 * LOOK_MS);
    const machine = cluster.machines.find((each) => isToBeReplaced(each, options));
    if (machine !== undefined) yield* replace(machine, options);
  }
}

function isToBeReplaced({ disk, isRolledBack, node }: Machine, { invariants }: OperatorOptions): boolean {
  if (node === undefined) return false;
  const { members } = invariants.truth;
  return (
    isRolledBack ||
    disk.incarnation === null ||
    (members.length > 0 && !members.some(({ incarnation }) => incarnation === disk.incarnation))
  );
}

function* replace(machine: Machine, { sky, desk }: OperatorOptions): Fiber {
  const { world, cluster } = sky;
  if (machine.isRolledBack) {
    // It is refused for ever: it gets an empty directory.
    yield world.random.between(0, 5_000);
    if (!machine.isRolledBack) return;
    machine.crash(false);
    machine.replaceDisk();
    machine.oldDisk = undefined;
    cluster.diskFailed(machine, 'emptied by the operator');
    machine.start();
  }
  const { primary } = cluster;
  if (primary === undefined) return;
  yield* orRefused(desk.order(primary.id, { name: 'REPLACE', nodeId: machine.id }, 'REPLACING'));
}

/** Somebody promotes a node, whoever is primary. */
export function* promoteSome({ sky, desk }: OperatorOptions): Fiber {
  const { world, cluster } = sky;
  for (;;) {
    yield world.random.between(1_000, 8_000);
    const machine = world.random.pick(cluster.machines);
    world.trace(() => `${machine.id} is promoted`);
    yield* orRefused(desk.order(machine.id, { name: 'PROMOTE' }, 'PROMOTED'));
  }
}

export function* orRefused(work: Fiber<boolean>): Fiber<boolean> {
  try {
    return yield* work;
  } catch (error) {
    if (error instanceof SimError) return false;
    throw error;
  }
}
