import type { Fiber, Scope } from '../world/fiber.ts';
import type { World } from '../world/world.ts';
import type { Cluster } from './cluster.ts';

/** Where faults come from, and whom they hit. */
export interface Sky {
  readonly world: World;
  readonly cluster: Cluster;
  /** Of the faults: when it is aborted, no more come. */
  readonly scope: Scope;
}

/** What goes wrong. A fiber when that takes its time. */
export type Fault = (sky: Sky) => Fiber | undefined;
