/** What one life of a simulated node is made of. */
import type { NodeId } from '@netstore/shared-types';
import type { SimDisk } from '../world/disk.ts';
import type { World } from '../world/world.ts';

export interface SimNodeOptions {
  readonly world: World;
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly disk: SimDisk;
  readonly isAutomatic: boolean;
  readonly preferAfterMs: number;
  /** The process ends itself. */
  readonly onFatal: (error: unknown) => void;
}
