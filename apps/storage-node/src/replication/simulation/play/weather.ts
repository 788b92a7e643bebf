/**
 * What goes wrong in a schedule, and when. Each schedule has a few kinds of faults only, drawn at its start: all of them at once hide each other.
 *
 * The budget: processes, machines and links fail as they like, all of them at once if need be. Of the disks at most one at a time is lost, damaged, rotten
 * or put back to an older state; the next one only when that one is whole again.
 */
import type { NodeId } from '@netstore/shared-types';
import { AbortedError, type Fiber, Task } from '../world/fiber.ts';
import { DISK_FAULTS } from './disk-faults.ts';
import { LINK_FAULTS } from './link-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import type { Fault, Sky } from './sky.ts';

/** Any of the faults by name. */
export type FaultName = string;

export const FAULTS: Readonly<Record<FaultName, Fault>> = { ...PROCESS_FAULTS, ...LINK_FAULTS, ...DISK_FAULTS };

/** Runs until the scope is aborted. */
export function* storm(sky: Sky, only: readonly FaultName[] | undefined): Fiber {
  const { random, time } = sky.world;
  const names = only ?? random.shuffled(Object.keys(FAULTS)).slice(0, 2 + random.below(4));
  const paceMs = random.pick([300, 800, 2_000]);
  sky.world.trace(() => `faults: ${names.join(', ')}, about every ${paceMs} ms`);
  for (;;) {
    yield random.between(0, 2 * paceMs);
    const fault = FAULTS[random.pick(names)]?.(sky);
    if (fault === undefined) continue;
    const task = new Task(time, sky.scope, fault, (error) => {
      if (!(error instanceof AbortedError)) sky.world.checker.defect('weather' as NodeId, error);
    });
    // Some at a time, some one after the other.
    if (random.chance(0.5)) while (!task.isDone) yield task.done;
  }
}
